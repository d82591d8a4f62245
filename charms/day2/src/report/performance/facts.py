# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Everything a report says follows from these facts; they are its JSON."""

from __future__ import annotations

import datetime
import json

import pydantic

from cluster_facts import ClusterFacts
from series import Series

SCHEMA = "dataops-performance-report/1"


class _Part(pydantic.BaseModel):
    """Base of the facts: frozen, and JSON as they are."""

    model_config = pydantic.ConfigDict(frozen=True)


class PanelFacts(_Part):
    """What Prometheus answered for one panel; `gap` says why there is nothing."""

    id: str
    series: tuple[Series, ...] = ()
    gap: str = ""


class Down(_Part):
    """A target that Prometheus cannot scrape now, and what it said last."""

    target: str
    error: str


class Toil(_Part):
    """What day2 did in place of people, by kind of operation; only what the journal holds.

    Attributes:
        operation: its name.
        runs: how many ended, of which `failed` did not end well.
        seconds: how long they took in all.
        manual_minutes: what the plan says one run takes by hand; None where nobody has said.
    """

    operation: str
    runs: int
    failed: int
    seconds: float
    manual_minutes: float | None = None


class ReportFacts(_Part):
    """The facts of one report.

    Attributes:
        operation: its number in the journal.
        model, unit: where it was made.
        start, end: what it looks at (UTC).
        generated: when it was made (UTC).
        step_seconds: distance of the points.
        panels: one per figure, in the order of `panels.PANELS`.
        cluster: from the Kafka admin API; None when that was out of reach, for `cluster_gap`.
        down: targets that Prometheus could not scrape.
        alerts: labels of every alert that fires.
        toil: from the journal, since `journal_since`.
    """

    schema_name: str = pydantic.Field(default=SCHEMA, alias="schema")
    operation: int
    model: str
    unit: str
    start: datetime.datetime
    end: datetime.datetime
    generated: datetime.datetime
    step_seconds: float
    panels: tuple[PanelFacts, ...] = ()
    cluster: ClusterFacts | None = None
    cluster_gap: str = ""
    prometheus_gap: str = ""
    down: tuple[Down, ...] = ()
    alerts: tuple[dict[str, str], ...] = ()
    toil: tuple[Toil, ...] = ()
    journal_since: datetime.datetime | None = None

    def panel(self, name: str) -> tuple[Series, ...]:
        """The series of a panel; none when it has a gap."""
        return next((panel.series for panel in self.panels if panel.id == name), ())

    @property
    def seconds(self) -> float:
        """The length of what it looks at."""
        return (self.end - self.start).total_seconds()


def canonical(value: object) -> bytes:
    """JSON with one spelling, so that equal contents are equal bytes."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode() + b"\n"
