# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One unit's master, worker or drivers end, in order or killed; the jobs have to go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pydantic

from cluster import Spark
from dataops.host.paths import UnitPaths
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from dataops.rolling import Go, Hold
from jobs import Job
from observed import Observed
from plan import cluster_of, roles, wanted
from turns import turn

if TYPE_CHECKING:
    from failover import Account

Mode = Literal["planned", "crash", "put-back"]
Process = Literal["all", "master", "worker", "driver"]


class FailoverParams(Params):
    """Whose processes, which, and how they end."""

    unit: str = pydantic.Field(description="Whose processes: spark/0; other units do nothing.")
    mode: Mode = pydantic.Field(
        default="planned",
        description="planned: they end in order and are started again. crash: they are killed. "
        "put-back: nothing has to be put back here.",
    )
    process: Process = pydantic.Field(
        default="all", description="Which of the unit's processes; all: one after the other."
    )
    patience: int = pydantic.Field(
        default=300, ge=10, le=3600, description="Seconds for everything to work again."
    )


class Ended(Result):
    """One process that ended and came back."""

    process: str
    pid: int
    new_pid: int
    gone_ms: float
    recovered_ms: float


class FailoverResult(Result):
    """What was seen; on other units only who they are."""

    unit: str
    summary: str | None = None
    ended: tuple[Ended, ...] = ()


class RunningJob(pydantic.BaseModel):
    """One job of the unit, and where it says how far it is."""

    name: str
    progress: Path
    checkpoint: Path | None


class Spec(pydantic.BaseModel):
    """What the work needs to know; without targets there is nothing to do."""

    unit: str
    crash: bool
    patience: int
    root: Path
    master_ui: str = ""
    ca: str = ""
    targets: tuple[tuple[str, Literal["master", "worker", "driver"]], ...] = ()
    jobs: tuple[RunningJob, ...] = ()
    declared: frozenset[str] = frozenset()


def guard(context: Context[Observed, Spark, FailoverParams]) -> Go | Hold:
    """Only while every job of the unit runs: what does not run before proves nothing after."""
    o, params = context.observed, context.params
    if params.mode == "put-back":
        return Go(o.unit, "nothing is taken down")
    if params.unit.partition("/")[0] == o.application and params.unit not in o.addresses:
        raise OperationError(
            f"{o.application} has no unit {params.unit}; it has {', '.join(sorted(o.addresses))}"
        )
    if params.unit != o.unit:
        return Go(o.unit, "nothing is taken down")
    return turn(context)


def prepare(context: Context[Observed, Spark, FailoverParams]) -> Spec:
    """Which processes there are."""
    o, params, spark = context.observed, context.params, context.workload
    spec = Spec(
        unit=o.unit,
        crash=params.mode == "crash",
        patience=params.patience,
        root=spark.paths.root,
    )
    cluster = cluster_of(o)
    if params.unit != o.unit or params.mode == "put-back":
        return spec
    if cluster is None:
        raise OperationError(f"{o.unit} runs nothing yet: juju status {o.application}")
    targets = [(role, role) for role in roles(o) if role in ("master", "worker")]
    targets += [(f"job-{job.name}", "driver") for job in _jobs(o)]
    chosen = [one for one in targets if params.process in ("all", one[1])]
    if not chosen:
        raise OperationError(f"{o.unit} has no {params.process}; it has {_names(targets)}")
    jobs = [
        RunningJob(
            name=job.name,
            progress=spark.progress_file(job.name),
            checkpoint=None if job.checkpoint else cluster.data / "checkpoints" / job.name,
        )
        for job in _jobs(o)
    ]
    return spec.model_copy(
        update={
            "targets": tuple(chosen),
            "jobs": tuple(jobs),
            "declared": frozenset(job.name for job in o.agreement.declared),
            "master_ui": cluster.master_ui,
            "ca": o.ca,
        }
    )


def _jobs(o: Observed) -> list[Job]:
    """The declared jobs that should run on this unit."""
    return [job for job, _ in o.homes if job.name in wanted(o)]


def work(work: Work[Spec]) -> FailoverResult:
    """Ends one process after the other."""
    from dataops.host.services import manager
    from failover import Failover, Target
    from failover import Job as Followed

    spec = work.spec
    if not spec.targets:
        return FailoverResult(unit=spec.unit)
    failover = Failover(
        services=manager(UnitPaths(spec.root), spec.unit),
        jobs=tuple(Followed(job.name, job.progress, job.checkpoint) for job in spec.jobs),
        declared=spec.declared,
        master_ui=spec.master_ui,
        ca=spec.ca,
        work=work,
        patience=spec.patience,
    )
    targets = [Target(service, kind) for service, kind in spec.targets]
    return told(spec, [failover.end(target, crash=spec.crash) for target in targets])


def told(spec: Spec, accounts: list[Account]) -> FailoverResult:
    """The result, with a sentence for the report."""
    how = "killed" if spec.crash else "ended in order"
    parts = [f"{one.target.kind} back after {one.recovered:.1f} s" for one in accounts]
    jobs = f", {len(spec.jobs)} jobs from their checkpoints" if spec.jobs else ""
    return FailoverResult(
        unit=spec.unit,
        summary=f"{spec.unit}: {how}: {', '.join(parts)}{jobs}.",
        ended=tuple(
            Ended(
                process=one.target.service,
                pid=one.before.pid,
                new_pid=one.after.pid,
                gone_ms=round(one.gone * 1000, 1),
                recovered_ms=round(one.recovered * 1000, 1),
            )
            for one in accounts
        ),
    )


def _names(targets: list[tuple[str, str]]) -> str:
    return ", ".join(sorted({kind for _, kind in targets}))


VERB = JobVerb(
    name="failover",
    description="Ends one unit's master, worker or drivers, or kills them; the jobs go on.",
    prepare=prepare,
    work=work,
    params=FailoverParams,
    spec=Spec,
    result=FailoverResult,
    scope=Scope.UNIT,
    mutating=True,
    guard=guard,
)
