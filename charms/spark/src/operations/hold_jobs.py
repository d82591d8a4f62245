# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 hold-jobs`: end every job of this unit while Kafka is restored."""

import dataclasses

from backups import storage
from cluster import Spark
from dataops.operations import Context, Params, Result, Verb
from job_store import JobStore
from observed import Observed
from plan import KeepJobs, plan, wanted


class HoldJobs(Params):
    """Whether they may run again."""

    release: bool = False


class Held(Result):
    """What is held now.

    Attributes:
        summary: one sentence for the report.
        jobs: those that run, or ran, on this unit.
        held: whether they are.
    """

    summary: str
    jobs: tuple[str, ...]
    held: bool


def run(context: Context[Observed, Spark, HoldJobs]) -> Held:
    """Note the decision, then end the processes, or let them run again."""
    o, release = context.observed, context.params.release
    store = JobStore(storage(o), context.workload.user)
    free = dataclasses.replace(o, held=False)
    names = tuple(sorted(wanted(free)))
    if release:
        store.release()
        if o.held:
            context.workload.converge(plan(free))
    else:
        store.hold()
        context.workload.apply(KeepJobs(frozenset()))
    which = ", ".join(names) or "no job"
    said = "may run again" if release else "held until hold-jobs release=true"
    return Held(summary=f"{o.unit}: {which} {said}.", jobs=names, held=not release)


VERB = Verb(
    name="hold-jobs",
    description="Ends every job of this unit while Kafka is restored, or lets them run again.",
    run=run,
    params=HoldJobs,
    result=Held,
)
