# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The frozen facts of day2, read once per hook or action."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import ops

import own
import report_key
from dataops import given
from dataops.interfaces.kafka_client import Access, KafkaClientRequirer, TopicRequest
from dataops.interfaces.operations import OperationsRequirer, Participant, Task
from dataops.interfaces.prometheus_api import QueryRequirer, QueryServer
from dataops.interfaces.s3 import S3Requirer, store_of
from journal import Journal, from_text
from signing import PublicKey

if TYPE_CHECKING:
    from dataops.objectstore import Target

PEERS = "peers"
OPERATIONS = "operations"
KAFKA = "kafka"
PROMETHEUS = "prometheus"
S3 = "s3"
STORAGE = "data"
JOURNAL_KEY = "journal"
# The interface has no role that only reads cluster metadata: describing every topic, group and
# log directory takes the role admin. The topic is a name that the interface demands; day2 neither
# creates it nor writes to it.
ACCESS = TopicRequest(topic="day2", roles=frozenset({"admin"}))
# The canary is a customer like any other: a user of its own who may only make, write and read
# topics of this prefix.
CANARY = TopicRequest(
    topic="day2-canary-*",
    roles=frozenset({"producer", "consumer"}),
    consumer_group_prefix="day2-canary-",
)
# The load of a performance report: a customer, too, of one topic that it has to itself.
LOAD = TopicRequest(
    topic="day2-performance",
    roles=frozenset({"producer", "consumer"}),
    consumer_group_prefix="day2-performance-",
)
REQUESTS = (ACCESS, CANARY, LOAD)


@dataclasses.dataclass(frozen=True)
class Observed:
    """What day2 knows.

    Attributes:
        unit: this unit's name.
        model: the model's name.
        leader: whether this unit leads.
        journal: the peers' copy: the newest records.
        participants: the applications related by `operations`.
        own: day2 itself, with all its units; None before the peer relation is there.
        task: what day2 is to do itself now.
        plans, schedule: the options of these names: YAML.
        damage: why the peers' copy of the journal cannot be read; empty when it can.
        kafka_related, prometheus_related: whether the endpoint has a relation at all.
        kafka: how to reach the cluster; None until it is granted.
        canary: what the canary works with; None until it is granted.
        load: what the load of a performance report works with; None until it is granted.
        report_keys: public keys of the reports, the present one last.
        prometheus: where to query; None until it is published.
        storage: the folder of the storage `data`; None until it is attached.
        store: where copies go; None when there is no place for them.
        store_trouble: why there is none although there should be one; empty else.
        model_uuid: the model's own, in the names of what is stored.
    """

    unit: str
    model: str
    leader: bool
    journal: Journal = ()
    participants: tuple[Participant, ...] = ()
    own: Participant | None = None
    task: Task | None = None
    plans: str = ""
    schedule: str = ""
    damage: str = ""
    kafka_related: bool = False
    prometheus_related: bool = False
    kafka: Access | None = None
    canary: Access | None = None
    load: Access | None = None
    report_keys: tuple[PublicKey, ...] = ()
    prometheus: QueryServer | None = None
    storage: Path | None = None
    store: Target | None = None
    store_trouble: str = ""
    model_uuid: str = ""

    @property
    def own_store(self) -> Target | None:
        """Our own place in the store: others have theirs beside it."""
        if self.store is None:
            return None
        parts = (self.store.path, "day2", self.model_uuid, self.application)
        path = "/".join(part for part in parts if part)
        return self.store.model_copy(update={"path": path})

    @property
    def application(self) -> str:
        """Our own name."""
        return self.unit.partition("/")[0]

    @property
    def everybody(self) -> tuple[Participant, ...]:
        """The related applications, and day2 itself."""
        return (*self.participants, *((self.own,) if self.own else ()))

    @property
    def users(self) -> tuple[str, ...]:
        """The users of Kafka that this unit works with."""
        accesses = (self.kafka, self.canary, self.load)
        return tuple(access.username for access in accesses if access)

    @property
    def visitors(self) -> tuple[str, ...]:
        """The users of Prometheus that this unit works with."""
        name = self.prometheus.username if self.prometheus else ""
        return (name,) if name else ()

    @classmethod
    def read(cls, charm: ops.CharmBase) -> Observed:
        """The facts as they are now."""
        model = charm.model
        journal, damage = _journal(model)
        store, store_trouble = _store(charm)
        accesses = KafkaClientRequirer(charm, KAFKA, REQUESTS).accesses()
        return cls(
            unit=charm.unit.name,
            model=model.name,
            leader=charm.unit.is_leader(),
            journal=journal,
            damage=damage,
            participants=OperationsRequirer(charm, OPERATIONS).participants(),
            own=own.participant(charm, PEERS),
            task=own.task(charm, PEERS),
            plans=str(charm.config.get("plans", "")),
            schedule=str(charm.config.get("schedule", "")),
            kafka_related=bool(model.relations[KAFKA]),
            prometheus_related=bool(model.relations[PROMETHEUS]),
            kafka=accesses.get(ACCESS.topic),
            canary=accesses.get(CANARY.topic),
            load=accesses.get(LOAD.topic),
            report_keys=report_key.published(model, PEERS),
            prometheus=QueryRequirer(charm, PROMETHEUS).server(),
            storage=given.storage(charm, STORAGE),
            store=store,
            store_trouble=store_trouble,
            model_uuid=model.uuid,
        )


def _journal(model: ops.Model) -> tuple[Journal, str]:
    """The journal in the peers' databag, and why it cannot be read."""
    peers = model.get_relation(PEERS)
    try:
        return (from_text(peers.data[model.app].get(JOURNAL_KEY, "")) if peers else ()), ""
    except ValueError as error:
        return (), str(error)


def _store(charm: ops.CharmBase) -> tuple[Target | None, str]:
    """Where copies go, and why nowhere."""
    directory = str(charm.config.get("backup-directory", ""))
    try:
        return store_of(S3Requirer(charm, S3), directory)
    except ValueError:
        return None, f"backup-directory {directory!r} is not an absolute path"
