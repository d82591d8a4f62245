# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Collects the facts of a report: asks Prometheus and Kafka, reads the journal."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import logging
import time
from collections.abc import Callable, Generator

from kafka.errors import KafkaError

from archive import Archive
from cluster_admin import Cluster
from cluster_facts import ClusterFacts, Sample
from dataops.interfaces.kafka_client import Access
from dataops.operations import OperationError, explain
from observed import Observed
from prometheus_queries import Prometheus
from report.performance.facts import Down, PanelFacts, ReportFacts
from report.performance.panels import PANELS, Panel
from report.toil import toil
from report.units import span

logger = logging.getLogger(__name__)

_POINTS = 120
_SHORTEST_STEP_S = 5
# A rate needs some samples: this many times the usual distance of two scrapes (15 s).
_SHORTEST_RATE_S = 60
# Two looks at the consumer groups this far apart tell whether one is catching up.
_LAG_INTERVAL_S = 5.0


def gather(
    observed: Observed,
    archive: Archive,
    window: datetime.timedelta,
    now: datetime.datetime,
    log: Callable[[str], None],
) -> ReportFacts:
    """The facts of the last `window` up to `now`.

    What cannot be reached leaves a gap that says why; the rest is gathered all the same.

    Raises:
        OperationError: nothing at all could be read.
    """
    journal = archive.read() or observed.journal
    with _Kafka(observed.kafka, log) as kafka:
        seen = _prometheus(observed, window, now, log)
        cluster, gap = kafka.facts()
    if cluster is None and seen.gap:
        raise OperationError(f"Nothing could be read. {gap} {seen.gap}")
    return ReportFacts(
        operation=archive.operation,
        model=observed.model,
        unit=observed.unit,
        start=now - window,
        end=now,
        generated=now,
        step_seconds=step(window).total_seconds(),
        panels=seen.panels,
        cluster=cluster,
        cluster_gap=gap,
        prometheus_gap=seen.gap,
        down=seen.down,
        alerts=seen.alerts,
        toil=toil(journal),
        journal_since=journal[0].at if journal else None,
    )


def step(window: datetime.timedelta) -> datetime.timedelta:
    """The distance of the points of a plot."""
    seconds = max(_SHORTEST_STEP_S, round(window.total_seconds() / _POINTS))
    return datetime.timedelta(seconds=seconds)


def expression(panel: Panel, window: datetime.timedelta) -> str:
    """The panel's question for this window."""
    rate = max(_SHORTEST_RATE_S, int(2 * step(window).total_seconds()))
    return panel.expression.replace("{rate}", f"{rate}s")


class _Kafka:
    """One connection to the admin API, which looks at the consumer groups twice.

    Use as a context manager: it looks first on entering. Whatever fails becomes the gap.
    """

    def __init__(self, access: Access | None, log: Callable[[str], None]) -> None:
        self._access = access
        self._log = log
        self._stack = contextlib.ExitStack()
        self._cluster: Cluster | None = None
        self._before: Sample | None = None
        self._gap = "Kafka has not granted access: juju integrate day2:kafka kafka."

    def __enter__(self) -> _Kafka:
        if self._access is not None:
            self._log("Kafka: reading the positions of the consumer groups")
            with self._gap_of_errors(self._access):
                self._cluster = self._stack.enter_context(Cluster.connect(self._access))
                self._before = self._cluster.sample()
                self._gap = ""
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def facts(self) -> tuple[ClusterFacts | None, str]:
        """The cluster now, and how its groups moved since the beginning; else why not."""
        if self._access is None or self._cluster is None or self._before is None:
            return None, self._gap
        time.sleep(max(0.0, self._before.at + _LAG_INTERVAL_S - time.monotonic()))
        self._log("Kafka: reading brokers, topics and consumer groups")
        with self._gap_of_errors(self._access):
            return self._cluster.facts(self._before), ""
        return None, self._gap

    @contextlib.contextmanager
    def _gap_of_errors(self, access: Access) -> Generator[None]:
        """Take what the client raises as the gap."""
        try:
            yield
        except (KafkaError, OSError, ValueError) as error:
            logger.exception("The Kafka admin API failed")
            where = f"The Kafka admin API at {access.endpoints}"
            self._gap = f"{where} did not answer: {explain(error)}"


@dataclasses.dataclass(frozen=True)
class _Seen:
    """What Prometheus answered; `gap` says why it did not."""

    panels: tuple[PanelFacts, ...]
    alerts: tuple[dict[str, str], ...] = ()
    down: tuple[Down, ...] = ()
    gap: str = ""


def _prometheus(
    observed: Observed,
    window: datetime.timedelta,
    now: datetime.datetime,
    log: Callable[[str], None],
) -> _Seen:
    """Every panel's series, the alerts and the targets that are down."""
    if observed.prometheus is None:
        return _unseen(
            "Prometheus has not given its address: juju integrate day2:prometheus prometheus."
        )
    server = Prometheus.connect(observed.prometheus)
    log(
        f"Prometheus: asking {len(PANELS)} questions about the last {span(window.total_seconds())}"
    )
    try:
        alerts, down = server.alerts(), server.down()
    except OperationError as error:
        return _unseen(str(error))
    panels = tuple(_panel(server, panel, window, now) for panel in PANELS)
    return _Seen(panels, alerts, tuple(Down(target=t, error=e) for t, e in down))


def _unseen(gap: str) -> _Seen:
    """Nothing but the reason."""
    return _Seen(tuple(PanelFacts(id=panel.id, gap=gap) for panel in PANELS), gap=gap)


def _panel(
    server: Prometheus, panel: Panel, window: datetime.timedelta, now: datetime.datetime
) -> PanelFacts:
    """One panel's series, or why there is none."""
    try:
        series = server.range(expression(panel, window), now - window, now, step(window))
    except OperationError as error:
        return PanelFacts(id=panel.id, gap=str(error))
    found = tuple(each for each in series if each.points)
    gap = "" if found else f"Prometheus has no such series in this time. {panel.absent}"
    return PanelFacts(id=panel.id, series=found, gap=gap)
