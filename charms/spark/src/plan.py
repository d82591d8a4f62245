# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The decision: what the leader writes down, and what has to run on this unit."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from agreement import Agreement, Placement, place
from dataops.certificates import Identity
from dataops.interfaces.kafka_client import Access
from job_store import Submitted
from jobs import Job, parse
from observed import Observed
from options import Config

Role = Literal["master", "worker", "history"]


@dataclasses.dataclass(frozen=True)
class Install:
    """Have Spark here: from the archive, or from the registries."""

    archive: Path | None


@dataclasses.dataclass(frozen=True)
class Cluster:
    """What every process on this unit is told.

    Attributes:
        address: where this unit listens, and nowhere else.
        master: ``spark://ADDRESS:PORT``.
        master_ui: the master's pages.
        certificate: what this unit's pages serve; None: they are plain.
        secret: authenticates and encrypts what the processes say to each other.
        data: the unit's storage.
    """

    address: str
    master: str
    master_ui: str
    secret: str = dataclasses.field(repr=False)
    data: Path
    config: Config
    certificate: Identity | None = None


@dataclasses.dataclass(frozen=True)
class Secure:
    """Have this certificate at hand for every page; None: have none."""

    identity: Identity | None


@dataclasses.dataclass(frozen=True)
class RunDaemon:
    """Have this daemon running; ``port`` is 0 when it has only pages."""

    role: Role
    cluster: Cluster
    port: int
    ui_port: int
    unit: int


@dataclasses.dataclass(frozen=True)
class StopDaemon:
    """Have this daemon not running."""

    role: Role


@dataclasses.dataclass(frozen=True)
class Watch:
    """Have the charm woken when a job of this unit changes its state."""

    unit: str


@dataclasses.dataclass(frozen=True)
class RunJob:
    """Have this declared job running.

    Attributes:
        reads, writes: access to its topics; ``writes`` is None for files. Without ``reads`` its
            process starts, which takes half a minute, and waits for what Kafka grants.
        ui_port, metrics_port: of its driver.
        unit: number of this unit, whose worker gets the executor while the checkpoint is local.
    """

    job: Job
    cluster: Cluster
    reads: Access | None
    writes: Access | None
    ui_port: int
    metrics_port: int
    unit: int


@dataclasses.dataclass(frozen=True)
class RunProgram:
    """Have this submitted program running."""

    program: Submitted
    cluster: Cluster


@dataclasses.dataclass(frozen=True)
class KeepJobs:
    """Stop and forget the processes of all other jobs."""

    names: frozenset[str]


@dataclasses.dataclass(frozen=True)
class RemoveAll:
    """Stop everything and leave nothing."""


Step = (
    Install | Secure | RunDaemon | StopDaemon | Watch | RunJob | RunProgram | KeepJobs | RemoveAll
)


def agree(observed: Observed, secret: str) -> Agreement:
    """What the leader writes down for all units.

    Args:
        observed: the leader's facts.
        secret: URI of the shared secret.
    """
    known = observed.agreement
    text = known.jobs if observed.jobs_problems else observed.jobs_text
    names = [job.name for job in parse(text)]
    news = {
        "master": observed.address,
        "secret": secret,
        "jobs": text,
        "placements": _placements(observed, names),
        "port_offset": observed.config.port_offset if observed.config else known.port_offset,
    }
    return known.model_copy(update=news)


def _placements(observed: Observed, names: list[str]) -> dict[str, Placement]:
    leaving = observed.leaving.departing
    units = [unit for unit in observed.addresses if unit != leaving]
    return place(names, units, observed.agreement.placements)


def plan(observed: Observed) -> tuple[Step, ...]:
    """What to do on this unit, in this order."""
    if observed.leaving.unit or observed.leaving.storage:
        return (RemoveAll(),)
    return tuple(_steps(observed))


def _steps(observed: Observed) -> Iterator[Step]:
    if observed.data is None:
        # Not there yet, or gone already: the hooks of a leaving unit that follow install nothing.
        return
    yield Install(observed.archive)
    cluster = cluster_of(observed)
    if cluster is None:
        # Whatever runs keeps running: a fact that is missing now was there when it was started.
        return
    yield Secure(cluster.certificate)
    yield from _daemons(observed, cluster)
    yield Watch(observed.unit)
    yield KeepJobs(wanted(observed))
    yield from _jobs(observed, cluster)


def cluster_of(observed: Observed) -> Cluster | None:
    """What every process is told; None while something of it is not known yet."""
    agreement, config = observed.agreement, observed.config
    if not (agreement.master and observed.secret and observed.data and config):
        return None
    if observed.tls.awaited:
        # Nothing starts without the protection asked for.
        return None
    return Cluster(
        address=observed.address,
        master=f"spark://{agreement.master}:{observed.ports.master}",
        master_ui=observed.page(agreement.master, observed.ports.master_ui),
        secret=observed.secret,
        data=observed.data,
        config=config,
        certificate=observed.certificate,
    )


def roles(observed: Observed) -> tuple[Role, ...]:
    """The daemons that run on this unit."""
    return ("master", "worker", "history") if observed.leader else ("worker",)


def wanted(observed: Observed) -> frozenset[str]:
    """The names of the jobs that should run on this unit: without Kafka, no declared one."""
    if observed.held:
        return frozenset()
    declared = {job.name for job, _ in observed.homes if observed.kafka_related}
    return frozenset(declared | {job.name for job in observed.programs}) - observed.stopped


def users(steps: Iterable[Step]) -> frozenset[str]:
    """The users that the jobs of these steps log in to Kafka as."""
    jobs = [step for step in steps if isinstance(step, RunJob) and step.reads]
    accesses = (access for job in jobs for access in (job.reads, job.writes) if access)
    return frozenset(access.username for access in accesses)


def _daemons(observed: Observed, cluster: Cluster) -> Iterator[Step]:
    ports, number = observed.ports, observed.number
    places: dict[Role, tuple[int, int]] = {
        "master": (ports.master, ports.master_ui),
        "worker": (ports.worker(number), ports.worker_ui(number)),
        "history": (0, ports.history),
    }
    for role, (port, ui_port) in places.items():
        if role in roles(observed):
            yield RunDaemon(role, cluster, port, ui_port, number)
        else:
            yield StopDaemon(role)


def _jobs(observed: Observed, cluster: Cluster) -> Iterator[Step]:
    names = wanted(observed)
    for job, slot in observed.homes:
        if job.name not in names:
            continue
        writes = observed.accesses.get(job.output.topic)
        granted = writes or job.output.path
        reads = observed.accesses.get(job.input.topic) if granted else None
        ui_port = observed.ports.driver_ui(slot)
        metrics_port = observed.ports.job_metrics(slot)
        yield RunJob(job, cluster, reads, writes, ui_port, metrics_port, observed.number)
    for program in observed.programs:
        if program.name in names:
            yield RunProgram(program, cluster)
