# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 stop-job name=NAME`: end a job of this unit, until start-job."""

from cluster import Spark
from dataops.operations import Context, OperationError, Params, Result, Verb
from job_store import JobStore
from observed import Observed
from plan import KeepJobs, wanted


class StopJob(Params):
    """Which job; ``forget`` also drops a submitted program."""

    name: str
    forget: bool = False


class Stopped(Result):
    """What became of it: ``stopped`` or ``forgotten``."""

    job: str
    state: str


def store_of(observed: Observed, spark: Spark, verb: str, name: str) -> JobStore:
    """The decisions of the unit, if the job is one of its own.

    Raises:
        OperationError: there is no such job, or it runs on another unit, which is named.
    """
    home = observed.agreement.placements.get(name)
    if home and home.unit != observed.unit:
        raise OperationError(
            f"Job {name} runs on {home.unit}: juju run {home.unit} {verb} name={name}"
        )
    known = {job.name for job, _ in observed.homes} | {job.name for job in observed.programs}
    if name not in known:
        offered = ", ".join(sorted(known)) or "none"
        raise OperationError(f"No job {name!r} on {observed.unit}; its jobs: {offered}")
    if observed.data is None:
        raise OperationError(f"{observed.unit} has no storage yet: see juju status --storage")
    return JobStore(observed.data, spark.user)


def run(context: Context[Observed, Spark, StopJob]) -> Stopped:
    """Note the decision, then end the process."""
    observed, name = context.observed, context.params.name
    store = store_of(observed, context.workload, "stop-job", name)
    if context.params.forget and name in {job.name for job, _ in observed.homes}:
        raise OperationError(
            f"Job {name} is declared, not submitted: take it out of"
            f" juju config {observed.application} jobs"
        )
    store.forget(name) if context.params.forget else store.stop(name)
    context.workload.apply(KeepJobs(wanted(observed) - {name}))
    return Stopped(job=name, state="forgotten" if context.params.forget else "stopped")


VERB = Verb(
    name="stop-job",
    description="Ends a job of this unit, until start-job.",
    run=run,
    params=StopJob,
    result=Stopped,
)
