# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`performance-report`: what the pipeline did in the last minutes, as one page and as JSON."""

from __future__ import annotations

import datetime
import hashlib
import os

from archive import Archive
from dataops.interfaces.operations import utc_now
from dataops.operations import Context, Params, Result, Scope, Verb
from observed import Observed
from plan import Duration

HTML = "performance-report.html"
JSON = "performance-report.json"


class Window(Params):
    """How far back the report looks: 90s, 15m, 2h, 1d."""

    window: Duration = datetime.timedelta(minutes=15)


class Made(Result):
    """What was made.

    Attributes:
        summary: the report in a few sentences.
        unit: on which unit the files lie.
        html, json_file: their paths there.
        sha256: of the JSON file.
        advice: findings, each with what to change.
        absent: titles of figures for which there was no series.
    """

    summary: str
    unit: str
    html: str
    json_file: str
    sha256: str
    advice: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def run(context: Context[Observed, Archive, Window]) -> Made:
    """Gather, compose and write the report into the operation's folder."""
    # A hook has no home: without a place of its own the library lists the fonts anew each time.
    os.environ.setdefault("MPLCONFIGDIR", str(context.workload.root / "cache"))
    # Kafka's client and the plotting library take seconds to load, which no hook should pay.
    from report.performance.gather import gather
    from report.performance.page import compose

    archive, observed = context.workload, context.observed
    facts = gather(observed, archive, context.params.window, utc_now(), context.log)
    context.log("Drawing")
    report = compose(facts)
    html = archive.write(HTML, report.html)
    json_file = archive.write(JSON, report.json)
    context.log(f"Written: {html}")
    return Made(
        summary=report.summary,
        unit=observed.unit,
        html=str(html),
        json_file=str(json_file),
        sha256=hashlib.sha256(report.json).hexdigest(),
        advice=tuple(f"{each.finding}: {each.setting}" for each in report.advice),
        absent=tuple(panel.id for panel in facts.panels if panel.gap),
    )


VERB = Verb(
    name="performance-report",
    description="What the pipeline did in the last minutes, as one page and as JSON.",
    run=run,
    params=Window,
    result=Made,
    scope=Scope.LEADER,
)
