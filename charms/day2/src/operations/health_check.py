# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`health-check` of day2 itself: can it see what it needs, and is its journal whole?"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.operations import Check, Context, NoParams, OperationError, checking, probe
from observed import Observed
from operations.verify_journal import check as journal_check
from report.units import count

_REACH_SECONDS = 0.3


def checks(context: Context[Observed, Archive, NoParams]) -> Iterator[Check]:
    """The checks of day2."""
    observed = context.observed
    yield journal_check(observed, context.workload)
    if observed.kafka_related:
        yield _kafka(observed)
    if observed.prometheus_related:
        yield _prometheus(observed)


def _kafka(observed: Observed) -> Check:
    """The admin API answers."""

    def look() -> str:
        if observed.kafka is None:
            raise OperationError("Kafka has not granted access yet.")
        # The client takes a third of a second to load.
        from kafka.errors import KafkaError

        from cluster_admin import Cluster

        try:
            with Cluster.connect(observed.kafka) as cluster:
                brokers = cluster.brokers()
        except KafkaError as error:
            raise OperationError(f"{error}{_silent(observed.kafka)}") from error
        return f"the admin API answers for {count(len(brokers), 'broker')}"

    return probe("kafka-access", look, "See juju status kafka; day2 asks for the role admin.")


def _silent(access: Access) -> str:
    """The brokers that nobody can reach: the client does not say which of them it has asked."""
    silent = [each for each in access.endpoints.split(",") if not _reached(each)]
    return "".join(f"; {each} does not answer" for each in silent)


def _reached(endpoint: str) -> bool:
    """Whether something listens there."""
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_REACH_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


def _prometheus(observed: Observed) -> Check:
    """Queries are answered, and every target is up."""

    def look() -> str:
        if observed.prometheus is None:
            raise OperationError("Prometheus has not published its address yet.")
        from prometheus_queries import Prometheus  # Its client, too, takes time to load.

        up = Prometheus.connect(observed.prometheus).instant("up")
        down = [series.label("instance") for series in up if series.last == 0]
        if down:
            raise OperationError(f"{len(down)} of {len(up)} targets are down: {', '.join(down)}.")
        return f"{len(up)} targets, all up"

    move = "See juju run prometheus/leader list-targets, and health-check of what is down."
    return probe("prometheus-targets", look, move)


VERB = checking("Whether day2 sees what it needs, and whether its journal is whole.", checks)
