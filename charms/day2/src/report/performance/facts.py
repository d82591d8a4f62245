# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that a performance report says follows from these facts; they are in its JSON."""

from __future__ import annotations

import datetime

import pydantic

from cluster_facts import ClusterFacts
from report.performance.load import Load, Measured
from report.performance.noise import Comparison, compare
from series import Series


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


class ReportFacts(_Part):
    """The facts of one report.

    Attributes:
        operation: its number in the journal.
        model, unit: where it was made.
        start, end: what it looks at (UTC).
        step_seconds: distance of the points.
        panels: one per figure, in the order of `panels.PANELS`.
        cluster: from the Kafka admin API; None when that was out of reach, for `cluster_gap`.
        down: targets that Prometheus could not scrape.
        alerts: labels of every alert that fires.
        load: what the fixed load measured; None when none was run, for `load_gap`.
        earlier: what earlier reports measured, oldest first.
    """

    operation: int
    model: str
    unit: str
    start: datetime.datetime
    end: datetime.datetime
    step_seconds: float
    panels: tuple[PanelFacts, ...] = ()
    cluster: ClusterFacts | None = None
    cluster_gap: str = ""
    prometheus_gap: str = ""
    down: tuple[Down, ...] = ()
    alerts: tuple[dict[str, str], ...] = ()
    load: Load | None = None
    load_gap: str = ""
    earlier: tuple[Measured, ...] = ()

    @property
    def comparison(self) -> Comparison | None:
        """The load against that of an earlier report; None without either."""
        return compare(self.load, self.earlier) if self.load else None

    def panel(self, name: str) -> tuple[Series, ...]:
        """The series of a panel; none when it has a gap."""
        return next((panel.series for panel in self.panels if panel.id == name), ())

    @property
    def seconds(self) -> float:
        """The length of what it looks at."""
        return (self.end - self.start).total_seconds()
