# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts about a broker and its cluster: what the workload reads and decisions are made from."""

import dataclasses
from collections.abc import Mapping

from recovery import Share
from shipped import Shipped


class ClusterError(Exception):
    """The cluster refused or did not answer; the message says what was asked of it."""


@dataclasses.dataclass(frozen=True)
class BrokerFacts:
    """What is on this machine.

    Attributes:
        version: of the programs brought here; empty before.
        release: of Kafka, such as `4.3.1`; empty before.
        cluster_id: of the storage, once it is formatted; empty before.
        running: the process is there.
        failed: it ended and is (or waits to be) started again.
        listening: it answers on its internal listener.
        started_with: fingerprint of the settings that the running process was started with.
        serial: of the certificate that the client port serves, in hex; empty when unknown.
        expires: when that certificate does, Unix seconds; 0 when unknown.
        stores: fingerprint of the key and trust store on disk; empty while there is no key.
        loaded: of those that the process works with.
        trusts: the authorities that it trusts, as `dataops.certificates` spells them.
        proved: by listener, when the certificate expires that its port was seen to serve.
        complaint: why it does not run, in the operator's words, with the next move.
        restored: name of the restore that its data comes from; empty when from none.
        share: how far this unit's part of a restore is.
        leftovers: whether a restore has left data that nobody uses.
        shipped: how continuous backup stands; None while it is off.
        free: bytes left where the records are; None while there is no storage.
    """

    version: str = ""
    release: str = ""
    cluster_id: str = ""
    running: bool = False
    failed: bool = False
    listening: bool = False
    started_with: str = ""
    serial: str = ""
    expires: float = 0
    stores: str = ""
    loaded: str = ""
    trusts: frozenset[str] = frozenset()
    proved: Mapping[str, float] = dataclasses.field(default_factory=dict[str, float])
    complaint: str = ""
    restored: str = ""
    share: Share = dataclasses.field(default_factory=Share)
    leftovers: bool = False
    shipped: Shipped | None = None
    free: int | None = None


@dataclasses.dataclass(frozen=True, order=True)
class Partition:
    """One partition and where it is; node ids, the preferred leader first."""

    topic: str
    index: int
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]
    leader: int = -1

    @property
    def short(self) -> bool:
        """Whether a replica is missing from the in-sync set."""
        return bool(set(self.replicas) - set(self.in_sync))


@dataclasses.dataclass(frozen=True, order=True)
class Acl:
    """One permission of one user, from any host.

    Attributes:
        principal: such as `User:relation-7`.
        resource: TOPIC, GROUP, CLUSTER or TRANSACTIONAL_ID.
        name: of the resource; `*` is all of them.
        prefixed: whether the name is a prefix.
        operation: READ, WRITE, DESCRIBE, CREATE, ALL ...
    """

    principal: str
    resource: str
    name: str
    prefixed: bool
    operation: str


@dataclasses.dataclass(frozen=True)
class ClusterFacts:
    """What the cluster says about itself.

    Attributes:
        cluster_id: its identity; empty when it does not say.
        brokers: ids of the registered brokers that are up.
        fenced: ids of the registered brokers that are not.
        controller: the node that leads the quorum.
        voters: controllers that vote, with their directory ids.
        lags: how many records of the metadata each voter is behind; a voter of which the leader
            has not heard lately is left out.
        observers: nodes that follow the metadata and do not vote, with their directory ids.
        partitions: of every topic, internal ones too.
        moving: how many partitions are being reassigned.
        users: names with a SCRAM-SHA-512 password.
        acls: every permission.
        min_in_sync: how many copies must have a record before it counts; 0 when unknown.
        least_in_sync: the same by topic, where it is known.
    """

    cluster_id: str = ""
    brokers: frozenset[int] = frozenset()
    fenced: frozenset[int] = frozenset()
    controller: int = -1
    voters: Mapping[int, str] = dataclasses.field(default_factory=dict[int, str])
    lags: Mapping[int, int] = dataclasses.field(default_factory=dict[int, int])
    observers: Mapping[int, str] = dataclasses.field(default_factory=dict[int, str])
    partitions: tuple[Partition, ...] = ()
    moving: int = 0
    users: frozenset[str] = frozenset()
    acls: frozenset[Acl] = frozenset()
    min_in_sync: int = 0
    least_in_sync: Mapping[str, int] = dataclasses.field(default_factory=dict[str, int])

    @property
    def lost(self) -> frozenset[int]:
        """Nodes that should have copies and are not registered: two brokers left at once."""
        holding = {node for part in self.partitions for node in part.replicas}
        return frozenset(holding - self.brokers - self.fenced)
