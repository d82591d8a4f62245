# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a plan is made of: one class per thing that can be done, with all it needs to be done."""

import dataclasses
from collections.abc import Mapping

from dataops.interfaces.kafka_client import ClientRequest
from dataops.rotation import Rotation
from facts import Acl
from placement import Move
from quorum import Change
from recovery import Recovery


@dataclasses.dataclass(frozen=True)
class Step:
    """Something to do; doing it twice changes nothing the second time."""


#: What a plan is: in this order.
Steps = tuple[Step, ...]


@dataclasses.dataclass(frozen=True)
class Install(Step):
    """Bring Java and Kafka's programs to this machine."""


@dataclasses.dataclass(frozen=True)
class Note(Step):
    """Write values into this unit's part of the peer relation; empty ones are removed."""

    values: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Found(Step):
    """Give the cluster its identity, with this node as its first.

    Attributes:
        first: the node.
        cluster_id: of the storage, if it is formatted: a hook that formats and then fails forgets
            what it agreed on, and storage may come back from an earlier deployment.
    """

    first: int
    cluster_id: str = ""


@dataclasses.dataclass(frozen=True)
class Agree(Step):
    """Write values into the application's part of the peer relation; empty ones are removed."""

    values: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class LookAgain(Step):
    """Have the charm called again in so many seconds, by a hook that may do more than this one."""

    seconds: float = 1


@dataclasses.dataclass(frozen=True)
class Configure(Step):
    """Write the broker's files."""

    files: Mapping[str, str]
    secrets: Mapping[str, str] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Format(Step):
    """Make this unit's storage part of the cluster."""

    cluster_id: str
    standalone: bool


@dataclasses.dataclass(frozen=True)
class Start(Step):
    """Run the broker with its settings as they are; anew, if it runs with others.

    Attributes:
        heap: of its process.
        fingerprint: of the settings.
        anew: even if it runs with these: nobody is served as it is, and its stores are newer.
    """

    heap: str
    fingerprint: str
    anew: bool = False


@dataclasses.dataclass(frozen=True)
class RequestCertificate(Step):
    """Ask for a new certificate: the one that was handed out is of no use any more."""


@dataclasses.dataclass(frozen=True)
class ReloadCertificate(Step):
    """Let the running broker work with its key and trust store as they are on disk now."""

    node: int


@dataclasses.dataclass(frozen=True)
class ProvePorts(Step):
    """See which certificate each port really serves."""


@dataclasses.dataclass(frozen=True)
class ChangeQuorum(Step):
    """Add or remove one voter."""

    change: Change
    address: str = ""


@dataclasses.dataclass(frozen=True)
class MoveReplicas(Step):
    """Start to place replicas anew."""

    moves: tuple[Move, ...]


@dataclasses.dataclass(frozen=True)
class AwaitOthers(Step):
    """Wait until the cluster answers, and one of these brokers is up in it.

    Attributes:
        nodes: which stay while this one leaves.
    """

    nodes: frozenset[int]


@dataclasses.dataclass(frozen=True)
class Drain(Step):
    """Place every replica of this node elsewhere, and wait until it holds none.

    Attributes:
        node: which leaves.
        live: brokers that are up and stay.
        going: others that leave, or have left: who drains one of them decides the same.
    """

    node: int
    live: frozenset[int]
    going: frozenset[int] = frozenset()


@dataclasses.dataclass(frozen=True)
class SetMinInSync(Step):
    """How many copies must have a record before it counts."""

    copies: int


@dataclasses.dataclass(frozen=True)
class Unregister(Step):
    """Forget a broker that is gone for good."""

    node: int


@dataclasses.dataclass(frozen=True)
class Admission(Step):
    """Something about users, permissions and what clients are told."""


@dataclasses.dataclass(frozen=True)
class Grant(Admission):
    """Add permissions."""

    acls: frozenset[Acl]


@dataclasses.dataclass(frozen=True)
class Revoke(Admission):
    """Take permissions away."""

    acls: frozenset[Acl]


@dataclasses.dataclass(frozen=True)
class Introduce(Admission):
    """Make new users, and wait until every broker knows them.

    Attributes:
        users: their names.
        acls: what they were granted, to be in force before anybody is told of them.
    """

    users: tuple[str, ...]
    acls: frozenset[Acl]


@dataclasses.dataclass(frozen=True)
class Admit(Admission):
    """Hand a client endpoints and credentials; a user that is not known was introduced before.

    Attributes:
        request: the client's.
        username: the user that stands for it.
        endpoints: `host:port,...`.
        known: whether the cluster knows the user with the password of its secret.
    """

    request: ClientRequest
    username: str
    endpoints: str
    known: bool


@dataclasses.dataclass(frozen=True)
class Dismiss(Admission):
    """Let a user log in no more.

    Attributes:
        username: the user.
        client: whose answer and secrets are taken back, because its request is gone; or empty.
    """

    username: str
    client: str = ""


@dataclasses.dataclass(frozen=True)
class Withdraw(Admission):
    """Take back answer and secrets of a client whose request and users are gone already."""

    client: str


@dataclasses.dataclass(frozen=True)
class Renew(Admission):
    """Give each of these clients a new user beside the one it has; keep the old passwords.

    Attributes:
        clients: as `ClientRequest.username` names them.
    """

    clients: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class ProveRefused(Admission):
    """Try the kept passwords of users that are gone; forget them once all were refused.

    Attributes:
        rotation: the change that they go with, as far as it is.
    """

    rotation: Rotation


@dataclasses.dataclass(frozen=True)
class Fetch(Step):
    """Place this unit's share of a backup beside its data; the work goes on after the hook."""

    recovery: Recovery


@dataclasses.dataclass(frozen=True)
class TakeOver(Step):
    """End the broker, and put the restored data in the place of what it had."""

    recovery: Recovery


@dataclasses.dataclass(frozen=True)
class PutBack(Step):
    """End the broker, and take up the data of before a restore that was given up.

    Attributes:
        name: of the restore.
    """

    name: str


@dataclasses.dataclass(frozen=True)
class ElectAny(Step):
    """Give each of these partitions a leader, whoever has it."""

    partitions: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True)
class Settle(Step):
    """Tell consumer groups where to go on in the restored cluster; goes on after the hook."""

    recovery: Recovery


@dataclasses.dataclass(frozen=True)
class Discard(Step):
    """Remove what a restore that is over has left: what was replaced, or what was not used."""


@dataclasses.dataclass(frozen=True)
class KeepShipping(Step):
    """Have backups follow each other by themselves, every so many minutes."""

    minutes: int


@dataclasses.dataclass(frozen=True)
class StopShipping(Step):
    """Have no backup begin by itself any more."""


@dataclasses.dataclass(frozen=True)
class Stop(Step):
    """End the broker in order, or after `patience` seconds without it; None waits as it takes."""

    patience: float | None = None


@dataclasses.dataclass(frozen=True)
class Remove(Step):
    """Take everything but the data off this machine."""
