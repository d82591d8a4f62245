# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts that everything else follows from, read once per hook into frozen values."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import ops

import reading
import rpc_secret
from agreement import Agreement, number
from dataops import given
from dataops.certificates import Identity, TlsState
from dataops.host.network import address
from dataops.interfaces.kafka_client import Access, KafkaClientRequirer, TopicRequest
from dataops.interfaces.s3 import S3Requirer, store_of
from dataops.reconciler import Leaving
from job_progress import Progress
from job_store import JobStore, Submitted
from jobs import Job, JobsError, parse
from options import Config, options
from pages import page
from ports import Ports, secure

if TYPE_CHECKING:
    from dataops.objectstore import Target

KAFKA = "kafka"
S3 = "s3"


@dataclasses.dataclass(frozen=True)
class Condition:
    """What the workload says of itself.

    Attributes:
        version: of the installed Spark; empty when there is none.
        daemons: for each daemon that should run here, whether its process is there.
        jobs: for each job that should run here, whether its process is there.
        progress: what each of them last said of itself.
        taken: ports that another program holds.
        free: bytes left on the storage; None when there is no storage yet.
        failure: what stopped the last attempt, with the next move; empty when it went through.
    """

    version: str = ""
    daemons: dict[str, bool] = dataclasses.field(default_factory=dict[str, bool])
    jobs: dict[str, bool] = dataclasses.field(default_factory=dict[str, bool])
    progress: dict[str, Progress] = dataclasses.field(default_factory=dict[str, Progress])
    taken: tuple[int, ...] = ()
    free: int | None = None
    failure: str = ""


@dataclasses.dataclass(frozen=True)
class Observed:
    """The world as this unit sees it.

    Attributes:
        unit: its name, such as ``spark/0``.
        application: its application's name.
        model, model_uuid: where it is in Juju.
        address: where it listens, IPv4 text.
        leader: whether it leads.
        addresses: of every unit by name, this one included.
        config: the options; None while one of them is not usable.
        config_problems: one line per unusable option.
        jobs_text: option ``jobs``.
        jobs_problems: one line per unusable field of it, with the line number.
        agreement: what all units go by.
        secret: what all of Spark's processes share; empty before the leader has made it.
        old_secret: what they shared before, until it was seen to be refused.
        works_with: by unit, the name of the secret that its processes were started with.
        kafka_related: whether there is a relation to Kafka.
        accesses: what Kafka granted, by topic.
        store: where backups go; None when there is no place for them.
        store_trouble: why there is none although there should be one; empty else.
        data: the storage; None while it is not attached.
        stopped: the jobs that the operator wants stopped.
        held: whether all jobs wait for a restore of Kafka.
        submitted: the programs that the operator submitted to this unit.
        tls: how it stands with the certificate of this unit.
        ends: by unit, until when the certificate is good that it serves, Unix seconds.
        visitors: by unit of the applications that run drivers of their own here, the names of the
            secrets that it says it works with; None: it says nothing.
        archive: the attached resource ``spark``; None when there is none.
        script: the attached resource ``script``; None when there is none.
        leaving: what this event takes away.
    """

    unit: str
    application: str
    address: str
    leader: bool = False
    addresses: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    config: Config | None = None
    config_problems: tuple[str, ...] = ()
    jobs_text: str = ""
    jobs_problems: tuple[str, ...] = ()
    agreement: Agreement = dataclasses.field(default_factory=Agreement)
    secret: str = dataclasses.field(default="", repr=False)
    old_secret: str = dataclasses.field(default="", repr=False)
    works_with: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    kafka_related: bool = False
    accesses: dict[str, Access] = dataclasses.field(default_factory=dict[str, Access])
    store: "Target | None" = None
    store_trouble: str = ""
    data: Path | None = None
    stopped: frozenset[str] = frozenset()
    held: bool = False
    submitted: tuple[Submitted, ...] = ()
    tls: TlsState = dataclasses.field(default_factory=TlsState)
    ends: dict[str, float] = dataclasses.field(default_factory=dict[str, float])
    visitors: dict[str, frozenset[str] | None] = dataclasses.field(
        default_factory=dict[str, frozenset[str] | None]
    )
    archive: Path | None = None
    script: Path | None = None
    leaving: Leaving = dataclasses.field(default_factory=Leaving)
    model: str = ""
    model_uuid: str = ""

    @classmethod
    def read(
        cls, charm: ops.CharmBase, tls: TlsState | None = None, leaving: Leaving | None = None
    ) -> "Observed":
        """Reads Juju, and this unit's storage, once.

        Args:
            charm: whose facts.
            tls: how it stands with its certificate; None without a provider.
            leaving: what the event takes away.
        """
        leaving = leaving or Leaving()
        config, problems = options(charm)
        jobs_text = str(charm.config.get("jobs", ""))
        agreement = reading.agreement(charm)
        storage = given.storage(charm)
        data = None if leaving.storage or leaving.unit else storage
        own = address(charm, reading.PEERS)
        shared = rpc_secret.read(charm.model, agreement.secret)
        directory = config.backup_directory if config else ""
        store, store_trouble = store_of(S3Requirer(charm, S3), directory)
        return cls(
            unit=charm.unit.name,
            application=charm.app.name,
            address=own,
            leader=charm.unit.is_leader(),
            addresses={**reading.told(charm, "address"), charm.unit.name: own},
            config=config,
            config_problems=problems,
            jobs_text=jobs_text,
            jobs_problems=_jobs_problems(jobs_text),
            agreement=agreement,
            secret=shared.now,
            old_secret=shared.old,
            works_with=reading.told(charm, "works-with"),
            kafka_related=any(relation.active for relation in charm.model.relations[KAFKA]),
            accesses=KafkaClientRequirer(charm, KAFKA, requests(agreement.declared)).accesses(),
            store=store,
            store_trouble=store_trouble,
            data=data,
            stopped=JobStore(data).stopped() if data else frozenset(),
            held=bool(data) and JobStore(data).held(),
            submitted=JobStore(data).submitted() if data else (),
            tls=tls or TlsState(),
            ends=reading.ends(charm, tls.identity if tls else None),
            visitors=reading.visitors(charm),
            archive=given.resource(charm, "spark"),
            script=given.resource(charm, "script"),
            leaving=leaving,
            model=charm.model.name,
            model_uuid=charm.model.uuid,
        )

    @property
    def number(self) -> int:
        """The unit's number."""
        return number(self.unit)

    @property
    def ports(self) -> Ports:
        """The ports, as agreed."""
        return Ports(self.agreement.port_offset)

    @property
    def rpc(self) -> tuple[tuple[str, int], ...]:
        """Where the master and the workers listen for each other and for the drivers.

        Without the workers of units that have not begun anew since the secret was changed.
        """
        present = rpc_secret.name(self.agreement.generation)
        master = (self.agreement.master, self.ports.master)
        workers = (
            (address, self.ports.worker(number(unit)))
            for unit, address in sorted(self.addresses.items())
            if self.works_with.get(unit) == present
        )
        return (master, *workers)

    @property
    def pages(self) -> tuple[int, ...]:
        """The ports of this unit's web pages."""
        return tuple(secure(port) if self.https else port for port in self.uis.values())

    @property
    def uis(self) -> dict[str, int]:
        """By daemon of this unit the port that its pages belong to."""
        own = {"worker": self.ports.worker_ui(self.number)}
        if not self.leader:
            return own
        return {**own, "master": self.ports.master_ui, "history": self.ports.history}

    @property
    def certificate(self) -> Identity | None:
        """What this unit's pages serve: the last good one, while there is no better."""
        return self.tls.identity

    @property
    def https(self) -> bool:
        """Whether the pages are served over TLS."""
        return self.certificate is not None

    @property
    def ca(self) -> str:
        """By whom they are trusted, PEM; empty without TLS."""
        return self.certificate.ca if self.certificate else ""

    def page(self, host: str, port: int) -> str:
        """The address of the pages that belong to that port of a host."""
        return page(host, port, https=self.https)

    @property
    def homes(self) -> tuple[tuple[Job, int], ...]:
        """The declared jobs whose home is this unit, with their slots."""
        return self.agreement.homes(self.unit)

    @property
    def programs(self) -> tuple[Submitted, ...]:
        """The submitted programs, but for those whose name a declared job has taken since."""
        declared = {job.name for job in self.agreement.declared}
        return tuple(program for program in self.submitted if program.name not in declared)


def requests(jobs: tuple[Job, ...]) -> tuple[TopicRequest, ...]:
    """What the jobs need of Kafka; the requirer joins requests for the same topic."""
    reads = (TopicRequest(topic=j.input.topic, roles=frozenset({"consumer"})) for j in jobs)
    writes = (
        TopicRequest(topic=j.output.topic, roles=frozenset({"producer"}))
        for j in jobs
        if j.output.topic
    )
    return (*reads, *writes)


def _jobs_problems(text: str) -> tuple[str, ...]:
    try:
        parse(text)
    except JobsError as error:
        return error.problems
    return ()
