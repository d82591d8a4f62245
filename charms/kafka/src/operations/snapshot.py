# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: this broker and the cluster as it sees it, for a post-mortem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dataops.host import network
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from listeners import METRICS_PORT
from observed import Observed
from workload import Workload

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection

# The first names of a long list say enough; the file has them all.
_MOST_NAMED = 5


class KafkaSpec(Spec):
    """What the job is told.

    Attributes:
        node: this broker's id.
        release: of Kafka.
        address: where it listens.
        addresses: of all brokers, this one's first.
        brokers: how many there should be.
        members: their ids, as far as their units are here.
    """

    node: int
    release: str
    address: str
    addresses: tuple[str, ...]
    brokers: int
    members: tuple[int, ...] = ()


def prepare(context: Context[Observed, Workload, Where]) -> KafkaSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    told = job.told(context, {**_secrets(o), **context.workload.backup_keys.secrets()})
    return KafkaSpec(
        **told,
        node=o.node,
        release=o.broker.release,
        address=o.address,
        addresses=context.workload.addresses,
        brokers=o.planned,
        members=tuple(sorted(o.members)),
    )


def gather(collection: Collection, spec: KafkaSpec) -> str:
    """What only Kafka has; a line about it."""
    # Its client takes a third of a second to load.
    from cluster import administrator

    where = f"http://{spec.address}:{METRICS_PORT}/metrics"
    collection.text("kafka/metrics.txt", lambda: _get(where))
    with administrator(spec.addresses, spec.paths.etc) as admin:
        if admin is None:
            collection.find("critical", "no broker answers", f"asked: {', '.join(spec.addresses)}")
            return f"Kafka {spec.release}, broker {spec.node}: no broker answers"
        return _ask(collection, spec, admin.client)


def _ask(collection: Collection, spec: KafkaSpec, client: object) -> str:
    """Every answer into its file, and what is wrong with it among the findings."""
    from inspection import questions, troubles

    answers: dict[str, Any] = {
        name: collection.value(f"kafka/{name}.json", ask)
        for name, ask in questions(client, spec.node).items()  # type: ignore[arg-type]
    }
    cluster: dict[str, Any] = answers["cluster"] or {}
    brokers: list[dict[str, Any]] = cluster.get("brokers", [])
    up = sorted(one["broker_id"] for one in brokers if not one.get("is_fenced"))
    if cluster and len(up) < spec.brokers:
        app = collection.unit.partition("/")[0]
        names = [f"{app}/{node}" for node in spec.members if node not in up]
        detail = f"down: {', '.join(names)}" if names else f"up: {', '.join(map(str, up))}"
        title = f"{spec.brokers - len(up)} of {spec.brokers} brokers are not up"
        collection.find("critical", title, detail, "kafka/cluster.json")
    found = troubles(answers["topics"] or ())
    _name(collection, "critical", "without a leader", found["leaderless"])
    _name(collection, "warning", "lacking a copy", found["short"])
    parts = sum(len(topic["partitions"]) for topic in answers["topics"] or ())
    return (
        f"Kafka {spec.release}, broker {spec.node}: {len(up)} of {spec.brokers} brokers up, "
        f"{len(found['short'])} of {parts} partitions lack a copy"
    )


def _name(collection: Collection, severity: str, what: str, partitions: list[str]) -> None:
    """A finding for partitions in trouble, if there are any."""
    if partitions:
        more = len(partitions) - _MOST_NAMED
        named = ", ".join(partitions[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        title = f"{len(partitions)} partitions {what}"
        collection.find(severity, title, named, "kafka/topics.json")  # type: ignore[arg-type]


def _secrets(o: Observed) -> dict[str, str]:
    """Every secret that this unit knows, by a name for the report."""
    from dataops.snapshot.redact import private_keys

    keys = private_keys(f"key of {o.unit}", o.tls.keystore) if o.tls else ()
    passwords = {f"password of {user}": value for user, value in o.passwords.items()}
    store = o.store.secrets() if o.store else {}
    return {**passwords, **store, **{key.name: key.value for key in keys}}


def _get(url: str) -> str:
    """A page of our own."""
    return network.ask(url, 5).decode()


VERB = job.collecting(prepare, gather, KafkaSpec)
