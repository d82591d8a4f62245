# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Collects the facts of a performance report: puts its load on Kafka, asks Kafka and Prometheus.

Runs in the report's job, which knows no Juju: all that it needs comes with the task.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import logging
import time
from collections.abc import Callable, Generator

from confluent_kafka import KafkaException
from kafka.errors import KafkaError

from cluster_admin import Cluster
from cluster_facts import ClusterFacts, Sample
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.operations import utc_now
from dataops.operations import OperationError, explain
from fixed_load import FixedLoad, OwnTopic, settings
from prometheus_queries import Prometheus
from report.performance.facts import Down, PanelFacts, ReportFacts
from report.performance.gathering import Gathering
from report.performance.load import Load, LoadSpec
from report.performance.panels import PANELS, Panel
from report.units import span

logger = logging.getLogger(__name__)

_POINTS = 120
_SHORTEST_STEP_S = 5
# A rate needs some samples: this many times the usual distance of two scrapes (15 s).
_SHORTEST_RATE_S = 60
# Two looks at the consumer groups this far apart tell whether one is catching up.
_LAG_INTERVAL_S = 5.0


def gather(
    spec: Gathering,
    tell: Callable[[str, float], None],
    go_on: Callable[[], None] = lambda: None,
) -> ReportFacts:
    """The facts of the last `window` up to now, at the end of which the load has run.

    What cannot be reached leaves a gap that says why; the rest is gathered all the same.

    Args:
        spec: what to gather.
        tell: takes what is being done, and how much of all is done (0 to 1).
        go_on: raises when the work was asked to end.

    Raises:
        OperationError: nothing at all could be read.
    """
    load, load_gap = _load(spec, lambda text, done: tell(text, 0.7 * done), go_on)
    now = utc_now()
    with _Kafka(spec.admin, lambda text: tell(text, 0.75)) as kafka:
        go_on()
        seen = _prometheus(spec, now, lambda text: tell(text, 0.8))
        go_on()
        cluster, gap = kafka.facts()
    if cluster is None and seen.gap:
        raise OperationError(f"Nothing could be read. {gap} {seen.gap}")
    return ReportFacts(
        operation=spec.operation,
        model=spec.model,
        unit=spec.unit,
        start=now - spec.window,
        end=now,
        step_seconds=step(spec.window).total_seconds(),
        panels=seen.panels,
        cluster=cluster,
        cluster_gap=gap,
        prometheus_gap=seen.gap,
        down=seen.down,
        alerts=seen.alerts,
        load=load,
        load_gap=load_gap,
        earlier=spec.earlier,
    )


def _load(
    spec: Gathering, tell: Callable[[str, float], None], go_on: Callable[[], None]
) -> tuple[Load | None, str]:
    """What the fixed load measured; else why none was run."""
    if not spec.rounds:
        return None, "The load was left out: rounds=0."
    if spec.admin is None or spec.client is None:
        return None, "Kafka has not granted access for a load: juju integrate day2:kafka kafka."
    load = LoadSpec()
    group = f"{spec.client.consumer_group_prefix.rstrip('*')}load"
    try:
        with OwnTopic(settings(spec.admin), load.topic):
            fixed = FixedLoad(settings(spec.client), group, load, go_on)
            return fixed.run(spec.rounds, tell), ""
    except OperationError as error:
        return None, str(error)
    except KafkaException as error:
        logger.exception("The load could not be run")
        return None, f"The load could not be run: {error.args[0].str()}"


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


def _prometheus(spec: Gathering, now: datetime.datetime, log: Callable[[str], None]) -> _Seen:
    """Every panel's series, the alerts and the targets that are down."""
    if spec.prometheus is None:
        return _unseen(
            "Prometheus has not given its address: juju integrate day2:prometheus prometheus."
        )
    server = Prometheus.connect(spec.prometheus)
    looked = span(spec.window.total_seconds())
    log(f"Prometheus: asking {len(PANELS)} questions about the last {looked}")
    try:
        alerts, down = server.alerts(), server.down()
    except OperationError as error:
        return _unseen(str(error))
    panels = tuple(_panel(server, panel, spec.window, now) for panel in PANELS)
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
