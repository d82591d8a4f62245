# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The value of a PromQL expression, at one time or over a range of times."""

from __future__ import annotations

import datetime
from typing import Any

import pydantic

from bridge import Bridge
from dataops.operations import Context, OperationError, Params, Result, Verb
from observed import Observed


class Query(Params):
    """What to ask.

    Attributes:
        query: The expression.
        time: RFC 3339 or Unix time; empty: now.
        start: The begin of a range; empty: no range.
        end: Its end; empty: now.
        step: The distance of its points.
    """

    # A plan hands a Unix time over as a number.
    model_config = pydantic.ConfigDict(coerce_numbers_to_str=True)

    query: str
    time: str = ""
    start: str = ""
    end: str = ""
    step: str = "15s"


class Answer(Result):
    """What Prometheus answers.

    Attributes:
        result_type: `vector`, `matrix`, `scalar` or `string`.
        result: As in Prometheus' API.
    """

    result_type: str
    result: Any


def run(context: Context[Observed, Bridge, Query]) -> Answer:
    """Asks the API."""
    params, o = context.params, context.observed
    api = context.workload.api(o.url, o.user)
    if params.start and params.time:
        raise OperationError("Give time for one moment, or start and end for a range, not both")
    if params.end and not params.start:
        raise OperationError(f"The range ends at {params.end}; say where it begins: start=...")
    if params.start:
        end = params.end or datetime.datetime.now(datetime.timezone.utc).isoformat()
        data = api.query_range(params.query, params.start, end, params.step)
    else:
        data = api.query(params.query, params.time)
    return Answer(result_type=data["resultType"], result=data["result"])


VERB = Verb(
    name="query",
    description="The result of a PromQL expression, at one time or over a range of times.",
    params=Query,
    result=Answer,
    run=run,
)
