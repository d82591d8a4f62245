# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Collects the facts of a report: asks Prometheus and Kafka, reads the journal."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable

from kafka.errors import KafkaError

from archive import Archive
from cluster_admin import Cluster
from cluster_facts import ClusterFacts, Sample
from dataops.interfaces.kafka_client import Access
from dataops.operations import OperationError, explain
from observed import Observed
from prometheus_queries import Prometheus
from report.facts import PanelFacts, ReportFacts
from report.panels import PANELS, Panel
from report.toil import toil

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
    before, gap = _first_look(observed.kafka, log)
    looked = time.monotonic()
    panels, alerts, prometheus_gap = _panels(observed, window, now, log)
    cluster: ClusterFacts | None = None
    if before is not None and observed.kafka is not None:
        time.sleep(max(0.0, _LAG_INTERVAL_S - (time.monotonic() - looked)))
        cluster, gap = _second_look(observed.kafka, before, log)
    if cluster is None and prometheus_gap:
        raise OperationError(f"Nothing could be read. {gap} {prometheus_gap}")
    return ReportFacts(
        operation=archive.operation,
        model=observed.model,
        unit=observed.unit,
        start=now - window,
        end=now,
        generated=now,
        step_seconds=step(window).total_seconds(),
        panels=panels,
        cluster=cluster,
        cluster_gap=gap,
        prometheus_gap=prometheus_gap,
        alerts=alerts,
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


def _first_look(access: Access | None, log: Callable[[str], None]) -> tuple[Sample | None, str]:
    """Where the consumer groups are at the beginning, or why that is unknown."""
    if access is None:
        return None, "Kafka has not granted access: juju integrate day2:kafka kafka."
    log("Kafka: reading the positions of the consumer groups")
    try:
        with Cluster.connect(access) as cluster:
            return cluster.sample(), ""
    except (KafkaError, OSError, ValueError) as error:
        logger.exception("The Kafka admin API failed")
        return None, f"The Kafka admin API at {access.endpoints} did not answer: {explain(error)}"


def _second_look(
    access: Access, before: Sample, log: Callable[[str], None]
) -> tuple[ClusterFacts | None, str]:
    """The cluster at the end, or why that is unknown."""
    log("Kafka: reading brokers, topics and consumer groups")
    try:
        with Cluster.connect(access) as cluster:
            return cluster.facts(before), ""
    except (KafkaError, OSError, ValueError) as error:
        logger.exception("The Kafka admin API failed")
        return None, f"The Kafka admin API at {access.endpoints} did not answer: {explain(error)}"


def _panels(
    observed: Observed,
    window: datetime.timedelta,
    now: datetime.datetime,
    log: Callable[[str], None],
) -> tuple[tuple[PanelFacts, ...], tuple[dict[str, str], ...], str]:
    """Every panel's series, the alerts, and why there are none when Prometheus is out of reach."""
    if observed.prometheus is None:
        gap = (
            "Prometheus has not published its address: juju integrate day2:prometheus prometheus."
        )
        return tuple(PanelFacts(id=panel.id, gap=gap) for panel in PANELS), (), gap
    server = Prometheus.connect(observed.prometheus)
    log(f"Prometheus: asking {len(PANELS)} questions about the last {window}")
    try:
        alerts = server.alerts()
    except OperationError as error:
        gap = str(error)
        return tuple(PanelFacts(id=panel.id, gap=gap) for panel in PANELS), (), gap
    return tuple(_panel(server, panel, window, now) for panel in PANELS), alerts, ""


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
