# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 list-jobs`: every job, whether it runs, and how far it is."""

from typing import Any

from cluster import Spark
from dataops.operations import Context, NoParams, Result, Verb
from job_progress import Progress
from observed import Observed


class JobReport(Result):
    """One job.

    Attributes:
        unit: where it runs; that unit knows how far it is.
        state: ``starting``, ``waiting``, ``running``, ``failed``, ``stopped``, ``down`` (its
            process is not there), ``program`` or ``ended`` (submitted: says nothing of itself),
            or ``elsewhere``.
        reason: why it waits or failed.
        since: when it came into this state, ISO 8601 UTC.
        batch: number of the last micro-batch.
        rows_in, rows_out: since its process started.
        rows_per_second: of the last batch that had any.
        lag: records in the input topic beyond the last batch.
        watermark: event time up to which windows are closed, ISO 8601 UTC.
        late_rows, unreadable_rows: left out since its process started.
        pages: where its driver shows what it does.
    """

    unit: str
    state: str
    reason: str | None = None
    since: str | None = None
    batch: int | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    rows_per_second: float | None = None
    lag: int | None = None
    watermark: str | None = None
    late_rows: int | None = None
    unreadable_rows: int | None = None
    pages: str | None = None


class Jobs(Result):
    """The jobs by name."""

    jobs: dict[str, JobReport]

    def action_results(self) -> dict[str, Any]:
        """One group of lines per job."""
        if not self.jobs:
            return {"jobs": "none: declare some with juju config spark jobs=@jobs.yaml"}
        reports = {
            name: {
                field.replace("_", "-"): str(value)
                for field, value in report.model_dump(exclude_none=True).items()
            }
            for name, report in self.jobs.items()
        }
        return {"jobs": reports}


def run(context: Context[Observed, Spark, NoParams]) -> Jobs:
    """Each job of the application; the details of those of this unit."""
    observed = context.observed
    found: dict[str, JobReport] = {}
    for name, place in sorted(observed.agreement.placements.items()):
        if place.unit == observed.unit:
            pages = observed.page(observed.address, observed.ports.driver_ui(place.slot))
            found[name] = _report(context, name, pages)
        else:
            found[name] = JobReport(unit=place.unit, state="elsewhere")
    for program in observed.programs:
        found[program.name] = _program(context, program.name)
    return Jobs(jobs=found)


def _report(context: Context[Observed, Spark, NoParams], name: str, pages: str) -> JobReport:
    unit = context.observed.unit
    if context.observed.held or name in context.observed.stopped:
        return JobReport(unit=unit, state="stopped")
    if not context.workload.job_running(name):
        reason = "juju status tells what it lacks, unless it is just being restarted"
        return JobReport(unit=unit, state="down", reason=reason)
    progress: Progress = context.workload.progress(name)
    return JobReport(
        unit=unit,
        state=progress.state,
        reason=progress.reason or None,
        since=progress.since or None,
        batch=progress.batch,
        rows_in=progress.rows_in,
        rows_out=progress.rows_out,
        rows_per_second=round(progress.rows_per_second, 1),
        lag=progress.lag,
        watermark=progress.watermark or None,
        late_rows=progress.late_rows,
        unreadable_rows=progress.unreadable_rows,
        pages=pages,
    )


def _program(context: Context[Observed, Spark, NoParams], name: str) -> JobReport:
    if context.observed.held or name in context.observed.stopped:
        return JobReport(unit=context.observed.unit, state="stopped")
    state = "program" if context.workload.job_running(name) else "ended"
    return JobReport(unit=context.observed.unit, state=state)


VERB = Verb(
    name="list-jobs",
    description="Every job, whether it runs, and how far it is.",
    run=run,
    params=NoParams,
    result=Jobs,
)
