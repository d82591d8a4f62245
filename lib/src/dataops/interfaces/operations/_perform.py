# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A verb, run for a task, as an outcome: whatever it does, the hook goes on."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Literal

from dataops.interfaces.operations._models import Outcome, Status, Task, utc_now
from dataops.operations import Juju, ObservedT, OfferedVerb, Pending, WorkloadT, explain

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]


def perform(
    verb: OfferedVerb[ObservedT, WorkloadT],
    task: Task,
    observed: ObservedT,
    workload: WorkloadT,
    *,
    now: Clock = utc_now,
    log: Callable[[str], None] = logger.info,
    juju: Juju | None = None,
    since: datetime.datetime | None = None,
) -> Outcome:
    """Run the verb for a task and say how it ended; never raises for what the verb does.

    Args:
        verb: what to run; both parts of it, if it is a job.
        task: its parameters and deadline.
        observed: the facts of the verb's context.
        workload: the workload of the verb's context.
        now: the clock (UTC).
        log: takes progress lines.
        juju: what the verb may ask of Juju.
        since: when it was run first (UTC), if something has been waited for since: then the
            deadline, too, is judged by what it says now.
    """
    started = since or now()
    late = task.deadline is not None and now() > task.deadline
    if late and since is None:
        return too_late(task, started)
    try:
        context = verb.context(observed, workload, task.params, log, juju, task.id)
        result = verb.perform(context)
        results = result.model_dump(mode="json", by_alias=True)
    except Pending as pending:
        if late:
            return too_late(task, now(), str(pending), "ended")
        return Outcome(task=task.id, status=Status.RUNNING, message=str(pending), started=started)
    except Exception as error:  # The other side learns why; the hook goes on.
        logger.exception("Task %s (%s) failed", task.id, task.verb)
        return failed(task, explain(error), started, now())
    return Outcome(
        task=task.id, status=Status.COMPLETED, results=results, started=started, finished=now()
    )


def failed(
    task: Task, message: str, started: datetime.datetime, finished: datetime.datetime
) -> Outcome:
    """The outcome of a task that ended badly."""
    return Outcome(
        task=task.id, status=Status.FAILED, message=message, started=started, finished=finished
    )


def too_late(
    task: Task, now: datetime.datetime, why: str = "", what: Literal["began", "ended"] = "began"
) -> Outcome:
    """The outcome of a task that was not begun, or not ended, in time."""
    late = f"The deadline {task.deadline:%H:%M:%S} UTC passed before {task.verb} {what}"
    return failed(task, f"{late}: {why}" if why else late, now, now)
