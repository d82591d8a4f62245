# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`performance-report`: a fixed load, compared with earlier ones, and what the pipeline did."""

from __future__ import annotations

import datetime
import os
from typing import Annotated

import pydantic

from archive import Archive
from dataops.operations import Context, JobVerb, Params, Result, Scope, Work
from history import operations
from observed import Observed
from plan import Duration
from report.canonical import canonical, sha256
from report.chain import joined
from report.performance.gathering import Gathering
from report.performance.load import FEWEST_ROUNDS, Measured, measured_of

HTML = "performance.part.html"
JSON = "performance.part.json"


class Looked(Params):
    """How far back the report looks (90s, 15m, 2h, 1d), and how long its load lasts.

    Attributes:
        window: how far back.
        rounds: of the fixed load, some five seconds each; 0 leaves the load out.
    """

    window: Duration = datetime.timedelta(minutes=15)
    rounds: Annotated[int, pydantic.AfterValidator(lambda n: _enough(n))] = 7


def _enough(rounds: int) -> int:
    """So many rounds that noise can be told from change, or none."""
    if rounds != 0 and not FEWEST_ROUNDS <= rounds <= 100:
        raise ValueError(f"write {FEWEST_ROUNDS} to 100, or 0 for no load; {rounds} is neither")
    return rounds


class Part(Result):
    """The measurements, for the operation's report.

    Attributes:
        unit: on which unit the files lie.
        json_file, html: their paths there.
        sha256, html_sha256: of each.
    """

    unit: str
    json_file: str
    html: str
    sha256: str
    html_sha256: str


class Made(Result):
    """What was made.

    Attributes:
        summary: the report in a few sentences.
        section: the files that the operation's report is made of.
        measured: the figures of the load, which later reports compare with.
        advice: findings, each with what to change.
        absent: titles of figures for which there was no series.
    """

    summary: str
    section: Part
    measured: Measured | None = None
    advice: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def prepare(context: Context[Observed, Archive, Looked]) -> Gathering:
    """What the job has to know."""
    observed, archive = context.observed, context.workload
    return Gathering(
        operation=archive.operation,
        model=observed.model,
        unit=observed.unit,
        archive=archive,
        window=context.params.window,
        rounds=context.params.rounds,
        admin=observed.kafka,
        client=observed.load,
        prometheus=observed.prometheus,
        earlier=tuple(_earlier(observed, archive)),
    )


def _earlier(observed: Observed, archive: Archive) -> list[Measured]:
    """The figures of earlier reports, as the journal keeps them."""
    found: list[Measured] = []
    for operation in operations(joined(archive.read(), observed.journal)):
        for answer in operation.answers.values():
            measured = measured_of(answer.results)
            if measured is not None and operation.number != archive.operation:
                at = {"operation": operation.number, "at": operation.requested}
                found.append(measured.model_copy(update=at))
    return found


def work(work: Work[Gathering]) -> Made:
    """Run the load, gather, draw, and write the report's part into the operation's folder."""
    # A process of a service has no home: without a place of its own the library lists the fonts
    # anew each time.
    spec = work.spec
    os.environ.setdefault("MPLCONFIGDIR", str(spec.archive.root / "cache"))
    from report.performance.gather import gather
    from report.performance.page import compose

    facts = gather(spec, work.progress, work.end_if_cancelled)
    work.progress("Drawing", 0.9)
    section = compose(facts)
    json = canonical(section.performance.model_dump(mode="json"))
    html = section.html.encode()
    part = Part(
        unit=spec.unit,
        json_file=str(spec.archive.write(JSON, json)),
        html=str(spec.archive.write(HTML, html)),
        sha256=sha256(json),
        html_sha256=sha256(html),
    )
    return Made(
        summary=section.performance.summary,
        section=part,
        measured=facts.load.measured() if facts.load else None,
        advice=tuple(f"{each.finding}: {each.setting}" for each in section.performance.advice),
        absent=tuple(panel.id for panel in facts.panels if panel.gap),
    )


VERB = JobVerb(
    name="performance-report",
    description="A fixed load, compared with earlier ones, and what the pipeline did lately.",
    prepare=prepare,
    work=work,
    spec=Gathering,
    params=Looked,
    result=Made,
    scope=Scope.LEADER,
)
