# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether Kafka does its work: this unit's broker, its certificate, its disk, and the cluster."""

import shutil
from collections.abc import Callable, Iterator

from cluster import answers
from dataops.operations import Check, Context, NoParams, OperationError, checking, probe
from facts import ClusterFacts
from observed import Observed
from workload import Workload

# Below a tenth, an ordinary day's traffic can fill what is left.
_LEAST_FREE = 0.1


def checks(context: Context[Observed, Workload, NoParams]) -> Iterator[Check]:
    """Asks the broker, its port and the cluster, not our records of them."""
    o, workload = context.observed, context.workload
    log = o.paths.log / "server.log"
    yield probe("broker", lambda: _broker(o), f"see {log} on {o.unit}")
    yield probe("certificate", lambda: _certificate(o), f"juju debug-log --include {o.unit}")
    yield probe("disk", lambda: _disk(workload), "make room, or lower log-retention-hours")
    cluster = _cluster(o)
    yield probe("brokers", lambda: _brokers(o, cluster()), f"juju status {o.app}")
    yield probe(
        "quorum", lambda: _quorum(o, cluster()), f"juju run {o.app}/leader describe-cluster"
    )
    yield probe(
        "partitions", lambda: _partitions(cluster()), f"juju run {o.app}/leader list-topics"
    )


def _broker(o: Observed) -> str:
    """The process runs and serves clients."""
    if not o.broker.listening:
        raise OperationError(o.broker.complaint or f"nothing serves clients on {o.address}")
    return f"Kafka {o.broker.release} serves clients on {o.address}"


def _certificate(o: Observed) -> str:
    """The port serves the certificate that this unit was given last."""
    if o.denied or o.tls is None:
        why = f"it was refused: {o.denied}" if o.denied else "there is no answer yet"
        raise OperationError(f"a new certificate was asked for, and {why}")
    if o.tls.objection:
        raise OperationError(f"a new certificate is not used, because {o.tls.objection}")
    if o.broker.serial != o.tls.serial:
        raise OperationError(f"the port serves {o.broker.serial or 'none'}, not {o.tls.serial}")
    return f"the port serves the certificate {o.tls.serial}"


def _disk(workload: Workload) -> str:
    """There is room for records."""
    usage = shutil.disk_usage(workload.broker.data)
    text = f"{usage.free / 2**30:.1f} of {usage.total / 2**30:.1f} GiB free"
    if usage.free < _LEAST_FREE * usage.total:
        raise OperationError(text)
    return text


def _cluster(o: Observed) -> Callable[[], ClusterFacts]:
    """What the cluster says; it raises where that is nothing, and names who is silent."""
    if o.cluster is not None:
        return lambda facts=o.cluster: facts
    silent = [peer.unit for peer in o.peers if peer.address and not answers(peer.address)]

    def nothing() -> ClusterFacts:
        names = "".join(f"; {unit} does not answer" for unit in silent)
        raise OperationError(f"the cluster does not answer{names}")

    return nothing


def _brokers(o: Observed, cluster: ClusterFacts) -> str:
    """Every unit's broker is up."""
    missing = sorted(o.members - cluster.brokers)
    if missing:
        raise OperationError("down: " + ", ".join(f"{o.app}/{node}" for node in missing))
    return f"{len(o.members)} of {len(o.members)} are up"


def _quorum(o: Observed, cluster: ClusterFacts) -> str:
    """There is a leader, and every voter is a broker that is up."""
    absent = sorted(set(cluster.voters) - cluster.brokers)
    if absent:
        raise OperationError("voters down: " + ", ".join(f"{o.app}/{node}" for node in absent))
    if cluster.controller not in cluster.voters:
        raise OperationError(f"of the {len(cluster.voters)} voters none leads")
    return f"{len(cluster.voters)} voters, led by {o.app}/{cluster.controller}"


def _partitions(cluster: ClusterFacts) -> str:
    """Every partition has a leader and all of its copies."""
    partitions = cluster.partitions
    short = [f"{part.topic}-{part.index}" for part in partitions if part.short or part.leader < 0]
    if short:
        raise OperationError(f"{len(short)} lack a copy: {', '.join(short[:5])}")
    return f"{len(partitions)} have all of their copies"


VERB = checking("Looks at this unit's broker, its certificate, its disk, and the cluster.", checks)
