# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What to do next, given the facts. Pure: nothing here reads or changes anything.

A plan may be cut short by what its own steps change (a broker that starts makes a cluster
answer), so the charm plans again until a plan repeats itself.
"""

import json
from collections.abc import Iterator

import admission
import placement
import recovering
import turns
from dataops.certificates import Assigned, merged
from dataops.rolling import Go, Hold, may_go, turn
from facts import ClusterFacts
from listeners import files
from observed import Config, Observed
from quorum import can_miss, departure, next_change
from steps import (
    Agree,
    AwaitOthers,
    ChangeQuorum,
    Configure,
    Drain,
    ElectAny,
    Format,
    Found,
    Install,
    KeepShipping,
    LookAgain,
    MoveReplicas,
    Note,
    ProvePorts,
    ReloadCertificate,
    Remove,
    RequestCertificate,
    SetMinInSync,
    Start,
    Step,
    Steps,
    Stop,
    StopShipping,
    Unregister,
)
from tls import trusted_everywhere

# Seconds for a broker to flush its logs when the whole application goes.
_LAST_PATIENCE = 10.0
# Seconds until what nobody tells is looked at again.
_SOON = 15
# Seconds between two requests for a certificate that came and was expired already.
_ASK_AGAIN = 3600.0


def plan(observed: Observed) -> Steps:
    """The steps to take now, in order."""
    return tuple(_steps(observed))


def _steps(o: Observed) -> Iterator[Step]:
    if o.leaving.storage or o.leaving.unit:
        yield from _depart(o)
        return
    if o.released is not None:
        # This hook may change no secret: what follows is another's work.
        if o.leader and (noted := tuple(admission.released(o))):
            yield from (*noted, LookAgain())
        return
    if o.config is None or o.planned == 0:
        # With invalid options everything stays as it runs; an application that goes is left be.
        return
    yield from _prepare(o)
    yield from _ask_anew(o)
    if o.leader:
        yield from recovering.of_leader(o)
    if o.storage:
        yield from recovering.of_unit(o)
    certified = o.broker.stores or (o.tls and not o.tls.objection)
    ready = certified and o.storage and o.agreement.cluster_id and o.broker.version
    if ready and not recovering.waits(o):
        yield from _run(o, o.config)
    yield from _back_up(o, o.config)
    if o.cluster and not recovering.stale(o, o.cluster):
        yield Note({"online": "true" if o.node in o.cluster.brokers else ""})
        if o.leader:
            yield from _lead(o, o.cluster, o.config)


def _back_up(o: Observed, config: Config) -> Iterator[Step]:
    """Backups that follow each other; not while a restore puts another cluster in the place."""
    recovery = o.agreement.recovery
    restoring = recovery is not None and not recovery.over
    if config.continuous_backup_minutes and o.store and not restoring:
        # A broker that is away for a while has nobody else to tell its process what to do.
        if o.agreement.cluster_id and o.broker.cluster_id == o.agreement.cluster_id:
            yield KeepShipping(config.continuous_backup_minutes)
    elif o.broker.shipped is not None:
        yield StopShipping()


def _prepare(o: Observed) -> Iterator[Step]:
    """Programs, and what the other units need to know."""
    if not o.broker.version or o.upgraded:
        yield Install()
    yield Note({"address": o.address})
    if o.leader and not o.agreement.cluster_id and o.storage and o.tls:
        yield Found(first=o.node, cluster_id=o.broker.cluster_id)


def _ask_anew(o: Observed) -> Iterator[Step]:
    """A certificate that expired while nobody could renew it."""
    # The library renews shortly before the end and, once it is over, never again.
    if o.tls and o.tls.expires <= o.now and o.now - o.me.asked > _ASK_AGAIN:
        yield Note({"asked": f"{o.now:.0f}"})
        yield RequestCertificate()


def _run(o: Observed, config: Config) -> Iterator[Step]:
    """This unit's own broker."""
    if o.settings is None:
        return
    if o.broker.cluster_id not in ("", o.agreement.cluster_id):
        # Somebody else's storage: nothing is started on it, nothing is formatted over it.
        return
    yield from _vouch(o)
    yield Configure(files(o.settings, o.broker.proved, _gauges(o, config)), _stores(o))
    if not o.broker.cluster_id:
        first = o.node == o.agreement.first and not o.agreement.founded
        yield Format(o.agreement.cluster_id, standalone=first)
    outdated = bool(o.broker.loaded) and o.broker.loaded != o.broker.stores
    if not o.broker.listening:
        # Nobody is served by it: a start, or another start, harms no one.
        if _finds_quorum(o):
            yield Start(config.heap, o.fingerprint, anew=outdated)
        return
    yield from _restart(o, Start(config.heap, o.fingerprint))
    yield from _load(o, config)


def _gauges(o: Observed, config: Config) -> dict[str, float]:
    """What Prometheus is told of continuous backup."""
    if o.broker.shipped is None or not config.continuous_backup_minutes:
        return {}
    return {
        "kafka_backup_restorable_timestamp_seconds": o.broker.shipped.restorable,
        "kafka_backup_interval_seconds": config.continuous_backup_minutes * 60,
    }


def _vouch(o: Observed) -> Iterator[Step]:
    """Whom the others have to trust because of this unit: for its certificate, and the next."""
    yield Note({"trusts": json.dumps(sorted(o.broker.trusts)) if o.broker.trusts else ""})
    if o.tls is None or o.tls.objection:
        return
    kept = "" if o.broker.serial == o.tls.serial else o.me.authorities
    yield Note({"authorities": merged(o.tls.authorities, kept)})


def _stores(o: Observed) -> dict[str, str]:
    """Key and trust store; the key stays as it is while its successor may not be served."""
    stores = {"truststore.pem": o.truststore} if o.truststore else {}
    if o.tls and not o.tls.objection and _may_serve(o, o.tls):
        stores["keystore.pem"] = o.tls.keystore
    return stores


def _may_serve(o: Observed, tls: Assigned) -> bool:
    """Whether nobody who works with this broker would hang up because of the certificate."""
    if o.broker.serial in ("", tls.serial) or o.broker.expires <= o.now:
        return True
    up = o.cluster.brokers if o.cluster else o.members
    return trusted_everywhere(tls, [peer.trusts for peer in o.peers if peer.node in up])


def _load(o: Observed, config: Config) -> Iterator[Step]:
    """Have the running broker take its stores, and see that it does."""
    loaded = o.broker.loaded == o.broker.stores
    if o.cluster and o.node in o.cluster.brokers:
        if not loaded:
            yield ReloadCertificate(o.node)
        elif not o.broker.proved:
            yield ProvePorts()
    elif not loaded and o.broker.expires <= o.now:
        # Nobody gets in any more, to reload it neither.
        yield Start(config.heap, o.fingerprint, anew=True)


def _finds_quorum(o: Observed) -> bool:
    """Whether the broker would find the quorum: itself, or somebody known to be part of it.

    It reads only once where to look, and gives up after a minute.
    """
    others = [peer for peer in o.peers if peer.address and peer.node != o.node]
    known = any(peer.online or peer.node == o.agreement.first for peer in others)
    return o.node == o.agreement.first or known


def _restart(o: Observed, start: Start) -> Iterator[Step]:
    """Follow changed settings, one broker after the other."""
    if o.broker.started_with == o.fingerprint:
        yield Note({"restart": ""})
    elif not o.settled:
        # While a unit comes or goes, its copies are being made: no broker may be missing.
        return
    elif len(o.peers) == 1 or (o.agreement.turn == o.unit and _may_restart(o)):
        yield start
    else:
        yield Note({"restart": o.fingerprint})
        if o.agreement.turn == o.unit:
            yield LookAgain(_SOON)


def _may_restart(o: Observed) -> bool:
    """Whether this unit's broker may be missing for a moment.

    Changed settings are followed even where that interrupts what could never be spared.
    """
    if o.cluster is None:
        return False
    return isinstance(may_go(turns.state(o, o.cluster, interrupt=True), o.unit), Go)


def _lead(o: Observed, cluster: ClusterFacts, config: Config) -> Iterator[Step]:
    """What concerns the whole cluster."""
    if not o.agreement.founded and o.agreement.first in cluster.brokers:
        yield Agree({"founded": "true"})
    yield from _revive(cluster)
    if o.settled:
        yield from _turn(o, cluster)
        yield from _quorum(o, cluster, config)
        yield from _bury(o, cluster)
        yield from _replicate(o, cluster)
        if cluster.moving or any(peer.restart for peer in o.peers):
            # No event tells when a copy is in sync, or a broker can be missed again.
            yield LookAgain(_SOON)
    yield from recovering.of_cluster(o, cluster)
    if not recovering.closed(o):
        yield from admission.steps_of(o, cluster)


def _turn(o: Observed, cluster: ClusterFacts) -> Iterator[Step]:
    """Who may restart now: one unit, and only while the cluster can miss a broker."""
    asking = [peer for peer in o.peers if peer.restart]
    if any(peer.unit == o.agreement.turn for peer in asking):
        return
    state = turns.state(o, cluster, interrupt=True)
    match turn(state, [peer.unit for peer in asking]):
        case Go(unit):
            yield Agree({"turn": unit})
        case Hold():
            yield Agree({"turn": ""})


def _quorum(o: Observed, cluster: ClusterFacts, config: Config) -> Iterator[Step]:
    # A broker of ours that is down keeps its vote, and nobody takes its place for that.
    candidates = o.members & (cluster.brokers | set(cluster.voters))
    change = next_change(cluster.voters, cluster.observers, candidates, config.controllers)
    if change is None:
        return
    if not change.add and change.node in o.members and not o.members <= cluster.brokers:
        return
    address = next((peer.address for peer in o.peers if peer.node == change.node), "")
    yield ChangeQuorum(change, address)


def _bury(o: Observed, cluster: ClusterFacts) -> Iterator[Step]:
    """Take over from brokers whose units are gone without having been able to leave."""
    gone = (cluster.fenced | cluster.lost) - o.members
    moves = placement.drain(cluster.partitions, gone, cluster.brokers & o.members)
    if moves:
        if not cluster.moving:
            yield MoveReplicas(moves)
        return
    holding = {node for part in cluster.partitions for node in part.replicas}
    for node in sorted(gone - holding - set(cluster.voters)):
        yield Unregister(node)


def _replicate(o: Observed, cluster: ClusterFacts) -> Iterator[Step]:
    """As many copies of Kafka's own topics as new topics get, once the brokers are there."""
    if not o.members <= cluster.brokers or cluster.moving:
        return
    internal = [part for part in cluster.partitions if part.topic.startswith("__")]
    moves = placement.raise_to(internal, o.replication.copies, o.members)
    if moves:
        yield MoveReplicas(moves)
    elif cluster.min_in_sync not in (0, o.replication.in_sync) and not _restarting(o, cluster):
        yield SetMinInSync(o.replication.in_sync)


def _restarting(o: Observed, cluster: ClusterFacts) -> bool:
    """Whether a broker is about to restart, or has not been elected again since it did.

    A change of `min.insync.replicas` makes Kafka forget which copies may lead when they come back.
    """
    back = any(not p.in_sync and set(p.replicas) & cluster.brokers for p in cluster.partitions)
    return back or any(peer.restart for peer in o.peers)


def _revive(cluster: ClusterFacts) -> Iterator[Step]:
    """Let the only copy of a partition lead it again, where Kafka has forgotten that it may."""
    forgotten = tuple(
        (part.topic, part.index)
        for part in cluster.partitions
        if part.leader < 0 and not part.in_sync and set(part.replicas) <= cluster.brokers
        # Of several copies nobody knows which has all of it.
        if len(part.replicas) == 1
    )
    if forgotten:
        yield ElectAny(forgotten)


def _depart(o: Observed) -> Iterator[Step]:
    """Leave the cluster in order, or end with it."""
    if o.leaving.hook == "remove":
        yield Remove()
        return
    up = o.cluster.brokers if o.cluster else frozenset[int]()
    stay = (up & o.members) - {o.node} - o.dying
    others = {peer.node for peer in o.peers if peer.online} - {o.node} - o.dying
    if o.planned and stay and o.cluster:
        # An option that is not valid keeps nobody from leaving in order.
        yield from _hand_over(o, o.cluster, o.config or Config(), stay)
    elif o.planned and others and o.me.online and o.leaving.storage:
        # Without its vote and its copies, the others may never agree on anything again.
        yield AwaitOthers(frozenset(others))
    elif o.planned:
        yield Stop()
    else:
        # All brokers leave at once: the later ones would wait in vain for a majority of
        # controllers to let them go.
        yield Stop(_LAST_PATIENCE)


def _hand_over(
    o: Observed, cluster: ClusterFacts, config: Config, stay: frozenset[int]
) -> Iterator[Step]:
    """Everything that this node holds goes to those that stay."""
    if cluster.min_in_sync > o.replication.in_sync:
        yield SetMinInSync(o.replication.in_sync)
    yield Drain(o.node, stay, o.dying)
    addresses = {peer.node: peer.address for peer in o.peers}
    left = departure(cluster.voters, cluster.observers, o.node, stay, config.controllers)
    changes = [ChangeQuorum(change, addresses.get(change.node, "")) for change in left]
    if can_miss(cluster.voters, cluster.brokers - o.dying, o.node):
        # A controller that ends hands its role over; one that loses its vote before it ends is
        # left behind by the others, and waits in vain for permission to end.
        yield from (Stop(), *changes)
    else:
        yield from (*changes, Stop(_LAST_PATIENCE if o.dying else None))
    if o.node in cluster.brokers | cluster.fenced:
        yield Unregister(o.node)
