# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 start-job name=NAME`: run a stopped job again, from its checkpoint."""

import dataclasses

from cluster import Spark
from dataops.operations import Context, OperationError, Params, Result, Verb
from observed import Observed
from operations.stop_job import store_of
from plan import plan


class StartJob(Params):
    """Which job."""

    name: str


class Started(Result):
    """Whether it had been stopped."""

    job: str
    was_stopped: bool


def run(context: Context[Observed, Spark, StartJob]) -> Started:
    """Note the decision, then start the process.

    Raises:
        OperationError: something it needs is missing; see the unit's status.
    """
    observed, name = context.observed, context.params.name
    was_stopped = store_of(observed, context.workload, "start-job", name).start(name)
    observed = dataclasses.replace(observed, stopped=observed.stopped - {name})
    context.workload.converge(plan(observed))
    if not context.workload.job_running(name):
        lacks = f"it still lacks something: juju status {observed.unit}"
        reason = context.workload.failure or lacks
        raise OperationError(f"Job {name} may run again, but {reason}")
    return Started(job=name, was_stopped=was_stopped)


VERB = Verb(
    name="start-job",
    description="Runs a stopped job of this unit again, from its checkpoint.",
    run=run,
    params=StartJob,
    result=Started,
)
