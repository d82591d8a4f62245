# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The explanation: facts to statuses, each with the operator's next move."""

from collections.abc import Iterator

import ops

from observed import Condition, Observed
from plan import cluster_of, roles, wanted

_LEAST_FREE = 256 * 2**20
_SET_JOBS = "juju config {app} jobs=@jobs.yaml"


def statuses(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    """Everything there is to say; Ops shows the most urgent."""
    yield from _configuration(observed)
    yield from _ground(observed, condition)
    if condition.failure:
        yield ops.BlockedStatus(condition.failure)
    yield from _kafka(observed)
    yield from _daemons(observed, condition)
    yield from _jobs(observed, condition)
    yield ops.ActiveStatus(_summary(observed, condition))


def _configuration(observed: Observed) -> Iterator[ops.StatusBase]:
    app = observed.application
    for problem in observed.config_problems:
        yield ops.BlockedStatus(f"{problem}: juju config {app} {_option(problem)}=...")
    if observed.jobs_problems:
        first, more = observed.jobs_problems[0], len(observed.jobs_problems) - 1
        rest = f" (and {more} more)" if more else ""
        running = len(observed.agreement.declared)
        yield ops.BlockedStatus(
            f"option jobs, {first}{rest}; {_count(running, 'earlier job')} kept: "
            + _SET_JOBS.format(app=app)
        )


def _option(problem: str) -> str:
    return problem.removeprefix("option ").partition(":")[0]


def _ground(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    """What everything stands on: storage, ports, peers."""
    if observed.data is None:
        yield ops.WaitingStatus("Waiting for storage data")
    if condition.free is not None and condition.free < _LEAST_FREE:
        left = condition.free // 2**20
        yield ops.BlockedStatus(f"Storage data has {left} MB left at {observed.data}: make room")
    if condition.taken:
        ports = ", ".join(map(str, condition.taken))
        another = observed.agreement.port_offset + 100
        yield ops.BlockedStatus(
            f"Port {ports} on {observed.address} is taken by another program: free it, or"
            f" juju config {observed.application} port-offset={another}"
        )
    if not observed.agreement.master or not observed.secret:
        yield ops.WaitingStatus("Waiting for the leader to name the master")
    if observed.tls.trouble:
        yield ops.BlockedStatus(observed.tls.trouble)
    if observed.tls.waiting:
        yield ops.WaitingStatus(observed.tls.waiting)


def _kafka(observed: Observed) -> Iterator[ops.StatusBase]:
    jobs = observed.agreement.declared
    if jobs and not observed.kafka_related:
        yield ops.BlockedStatus(
            f"{_count(len(jobs), 'job')} declared, but no Kafka:"
            f" juju integrate {observed.application}:kafka kafka:kafka-client"
        )
    elif missing := sorted(_topics(observed) - set(observed.accesses)):
        yield ops.WaitingStatus(f"Waiting for Kafka's credentials for {', '.join(missing)}")


def _topics(observed: Observed) -> set[str]:
    jobs = observed.agreement.declared
    return {job.input.topic for job in jobs} | {j.output.topic for j in jobs if j.output.topic}


def _daemons(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    if cluster_of(observed) is None:
        return
    for role in roles(observed):
        if not condition.daemons.get(role, False):
            yield ops.MaintenanceStatus(f"Starting the {role}")


def _jobs(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    config = observed.config
    cores = sum(job.cores for job, _ in observed.homes if job.name in wanted(observed))
    if config and cores > config.worker_cores:
        yield ops.BlockedStatus(
            f"The jobs of {observed.unit} need {cores} cores, its worker has"
            f" {config.worker_cores}: juju config {observed.application} worker-cores={cores}"
        )
    for name in sorted(wanted(observed)):
        progress = condition.progress.get(name)
        if progress and progress.state == "failed":
            yield ops.BlockedStatus(f"Job {name} fails: {progress.reason}")


def _summary(observed: Observed, condition: Condition) -> str:
    names = sorted(wanted(observed))
    running = [name for name in names if condition.jobs.get(name)]
    parts = [f"{_count(len(running), 'job')} running" if running else ""]
    for name in names:
        progress = condition.progress.get(name)
        if progress and progress.state == "waiting":
            parts.append(f"{name} waits: {progress.reason}")
    if observed.held:
        parts.append(
            "jobs are held while Kafka is restored: "
            f"juju run {observed.unit} hold-jobs release=true"
        )
    if observed.stopped & {job.name for job, _ in observed.homes}:
        parts.append(f"stopped: {', '.join(sorted(observed.stopped))}")
    if observed.store_trouble:
        parts.append(f"no backups: {observed.store_trouble}")
    return "; ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
