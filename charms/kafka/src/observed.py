# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts that everything is decided from, read once."""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import ops
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dataops import given
from dataops.certificates import Assigned, merged
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import ClientRequest, KafkaClientProvider
from dataops.interfaces.s3 import S3Requirer, store_of
from dataops.objectstore import Directory
from dataops.operations import explain
from dataops.reconciler import Leaving
from facts import BrokerFacts, ClusterFacts
from listeners import CLIENT_PORT, INTERNAL_PORT, Replication, Settings, fingerprint
from peers import Agreement, Peer, Peers

if TYPE_CHECKING:
    from dataops.objectstore import Target

_HEAP = re.compile(r"[1-9][0-9]*[mMgG]")


def _heap(text: str) -> str:
    if not _HEAP.fullmatch(text):
        raise ValueError(f"{text!r} is no heap size: write 512m or 2g")
    return text.lower()


def _odd(number: int) -> int:
    if number % 2 == 0:
        raise ValueError(
            f"{number} is even: an even number of controllers survives no more losses"
        )
    return number


class Config(BaseModel):
    """The charm's options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heap: Annotated[str, AfterValidator(_heap)] = "512m"
    controllers: Annotated[int, Field(ge=1, le=9), AfterValidator(_odd)] = 3
    default_partitions: Annotated[int, Field(ge=1, le=1000)] = 3
    auto_create_topics: bool = True
    log_retention_hours: Annotated[int, Field(ge=1)] = 168
    max_reauth_seconds: Annotated[int, Field(ge=60, le=604800)] = 3600
    drill_rto_seconds: Annotated[int, Field(ge=0)] = 0
    drill_rpo_seconds: Annotated[int, Field(ge=0)] = 0
    backup_directory: Directory = ""
    backup_pace: Annotated[int, Field(ge=0)] = 40
    encrypt_backups: bool = False
    continuous_backup_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    # Its secret is read only by who needs the key.
    backup_key: Any = None


@dataclasses.dataclass(frozen=True)
class World:
    """What is read outside Juju before the facts are put together.

    Attributes:
        broker: what is on this machine.
        cluster: what the cluster says; None while it does not answer.
        tls: this unit's certificate, once there is one for the request of now.
        denied: why the provider refuses that request; empty when it does not.
        address: where this unit listens.
        problem: why the last effect failed, with the operator's next move.
        setback: why the last effect failed, when trying again later may do.
        leaving: what this event takes away.
        upgraded: whether this event may have brought other programs.
        now: Unix seconds.
        traffic: how busy each user keeps the brokers, while old users are about to go; None
            when that was not asked, or not every broker said.
        released: the client whose old credentials nobody holds any more, as this event tells;
            empty when it lets another secret's revision go, None when it lets none go.
    """

    broker: BrokerFacts
    cluster: ClusterFacts | None = None
    tls: Assigned | None = None
    denied: str = ""
    address: str = ""
    problem: str = ""
    setback: str = ""
    leaving: Leaving = dataclasses.field(default_factory=Leaving)
    upgraded: bool = False
    now: float = 0
    traffic: Mapping[str, float] | None = None
    released: str | None = None


@dataclasses.dataclass(frozen=True)
class Observed(World):
    """Every fact, as of one moment.

    Attributes:
        unit, app: names.
        leader: whether this unit leads.
        planned: how many units the operator wants; 0 when the application goes.
        config: the options; None when they are invalid.
        config_problem: what is invalid about them.
        storage: where its storage is; None until it is attached.
        paths: the unit's directories.
        peers: all units, this one too.
        dying: node ids of others that leave as well, while this unit does.
        agreement: what they go by.
        certified: whether a certificates provider is related.
        requests: what clients ask for.
        refusals: what cannot be granted, and why.
        passwords: of clients that were admitted, by user; leader only.
        answered: clients that our databags name an answer for; leader only.
        store: where backups go; None when there is no place for them.
        store_trouble: why there is none although there should be one; empty else.
        accepted: by client and unit of it, the users that it says it works with; empty unless
            credentials change.
    """

    unit: str = ""
    app: str = ""
    leader: bool = False
    planned: int = 0
    config: Config | None = None
    config_problem: str = ""
    storage: Path | None = None
    paths: UnitPaths = dataclasses.field(default_factory=lambda: UnitPaths(Path()))
    peers: tuple[Peer, ...] = ()
    dying: frozenset[int] = frozenset()
    agreement: Agreement = dataclasses.field(default_factory=Agreement)
    certified: bool = False
    requests: tuple[ClientRequest, ...] = ()
    refusals: tuple[str, ...] = ()
    passwords: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    answered: frozenset[str] = frozenset()
    store: "Target | None" = None
    store_trouble: str = ""
    accepted: Mapping[str, Mapping[str, frozenset[str] | None]] = dataclasses.field(
        default_factory=dict[str, Mapping[str, "frozenset[str] | None"]]
    )

    @classmethod
    def read(
        cls, charm: ops.CharmBase, world: World, peers: Peers, clients: KafkaClientProvider
    ) -> "Observed":
        """The facts now.

        Args:
            charm: the charm.
            world: what was read outside Juju.
            peers: its peer relation.
            clients: the relations of its clients.
        """
        config, problem = _config(charm)
        requests = clients.requests()
        leader = charm.unit.is_leader()
        store, store_trouble = store_of(
            S3Requirer(charm, "s3"), config.backup_directory if config else ""
        )
        logins = [clients.credentials(one) for one in requests] if leader else []
        agreement, planned = peers.agreement(), charm.app.planned_units()
        goes = world.leaving.unit or world.leaving.storage
        return cls(
            **_fields(world),
            unit=charm.unit.name,
            app=charm.app.name,
            leader=leader,
            planned=planned,
            config=config,
            config_problem=problem,
            storage=given.storage(charm),
            paths=UnitPaths.of(charm),
            peers=peers.units(),
            dying=peers.dying() if goes and planned else frozenset(),
            agreement=agreement,
            certified=bool(charm.model.relations["certificates"]),
            requests=requests,
            refusals=clients.refusals(),
            passwords=dict(one for one in logins if one),
            answered=clients.answered(world.leaving.broken) if leader else frozenset(),
            store=store,
            store_trouble=store_trouble,
            # A look at every unit of every client: only while that decides something.
            accepted={
                one.username: clients.accepted(one) for one in requests if agreement.turning
            },
        )

    @property
    def node(self) -> int:
        """This unit's node id."""
        return int(self.unit.rpartition("/")[2])

    @property
    def me(self) -> Peer:
        """This unit as the others see it."""
        return next((one for one in self.peers if one.unit == self.unit), Peer(self.unit))

    @property
    def members(self) -> frozenset[int]:
        """Node ids of all units."""
        return frozenset(peer.node for peer in self.peers)

    @property
    def settled(self) -> bool:
        """Whether nobody is coming or going: every unit is here, and none of them leaves."""
        return self.planned == len(self.peers)

    @property
    def settings(self) -> Settings | None:
        """What the broker's files depend on; None while something of it is missing."""
        if self.config is None or self.storage is None or not self.address:
            return None
        addresses = {peer.node: peer.address for peer in self.peers if peer.address}
        addresses[self.node] = self.address
        return Settings(
            node_id=self.node,
            app=self.app,
            address=self.address,
            controllers=tuple(addresses[node] for node in sorted(addresses)),
            data=self.storage / "kafka",
            etc=self.paths.etc,
            log=self.paths.log,
            replication=self.replication,
            default_partitions=self.config.default_partitions,
            auto_create_topics=self.config.auto_create_topics,
            log_retention_hours=self.config.log_retention_hours,
            max_reauth_seconds=self.config.max_reauth_seconds,
        )

    @property
    def replication(self) -> Replication:
        """How many copies the planned brokers can carry."""
        return Replication.of(self.planned)

    @property
    def truststore(self) -> str:
        """Everybody whom the brokers and their clients have to trust now, PEM.

        While one authority takes another's place, that is both.
        """
        own = self.tls.authorities if self.tls and not self.tls.objection else ""
        return merged(own, *(peer.authorities for peer in self.peers))

    @property
    def fingerprint(self) -> str:
        """Of the settings that the broker should run with."""
        if self.settings is None or self.config is None:
            return ""
        return fingerprint(self.settings, self.config.heap + self.broker.version)

    @property
    def endpoints(self) -> str:
        """Where clients find the cluster."""
        return self._listeners(CLIENT_PORT)

    @property
    def internal_endpoints(self) -> str:
        """Where brokers and administrators find the cluster."""
        return self._listeners(INTERNAL_PORT)

    def _listeners(self, port: int) -> str:
        known = self.cluster.brokers | self.cluster.fenced if self.cluster else frozenset[int]()
        here = [peer.address for peer in self.peers if peer.address and peer.node in known]
        return ",".join(f"{address}:{port}" for address in here)


def _fields(world: World) -> dict[str, Any]:
    return {field.name: getattr(world, field.name) for field in dataclasses.fields(World)}


def _config(charm: ops.CharmBase) -> tuple[Config | None, str]:
    try:
        return charm.load_config(Config), ""
    except ValueError as error:
        return None, explain(error)
