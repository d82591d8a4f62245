# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits for the tasks of an operation and shows their log lines as they come."""

import contextlib
import time
from collections.abc import Callable

from onebox.commands._call import Call, Json
from onebox.console import UTC, error, tell
from onebox.errors import Internal, Refused, Unreachable
from onebox.flags import UsageError, duration, switch
from onebox.render import times
from onebox.render.tasks import FINISHED, failures, receivers

_TIMEOUT = "timeout"
# The longest one call waits for a change; a deadline shortens it.
_STEP = 30.0


def queued(
    call: Call, asked: Json, wait: float, *, background: bool, talkative: bool = True
) -> list[Json] | None:
    """The finished tasks of an operation; None when there are none to wait for.

    Args:
        call: the command.
        asked: the parameters of the daemon's `enqueue`.
        wait: seconds.
        background: only say where to look.
        talkative: say what runs and is waited for.
    """
    # The time runs from here on, so that it is up before the unit ends a script for it.
    follower = Follower(call, wait, talkative)
    operation = call.ask("enqueue", **asked)
    if not operation["tasks"]:
        if asked["action"] != "juju-exec":
            tell()
        _say_unscheduled(operation)
        return None
    tasks = call.ask("operation", id=operation["id"])["tasks"]
    if background:
        _say_scheduled(call, operation, tasks)
        return None
    if talkative:
        _announce(operation, tasks)
    if operation["failures"]:
        tell("Some actions could not be scheduled:")
        tell("\n".join(operation["failures"].values()) + "\n")
    return follower.follow(operation["id"])


def report(
    call: Call, tasks: list[Json] | None, plain: Callable[[list[Json]], str], form: str
) -> int:
    """Shows results, then the scripts that ended with another code than 0; the exit code."""
    if tasks is None:
        return 0
    call.show(receivers(tasks, call[UTC]), lambda: plain(tasks), form=form)
    if failed := failures(tasks):
        error(failed)
        return 1
    return 0


def _announce(operation: Json, tasks: list[Json]) -> None:
    """`Running operation 1 with 2 tasks`, and the tasks."""
    many = "s" if len(tasks) != 1 else ""
    tell(f"Running operation {operation['id']} with {len(tasks)} task{many}")
    for task in tasks:
        tell(f"  - task {task['id']} on unit-{task['unit'].replace('/', '-')}")
    tell()


def _say_scheduled(call: Call, operation: Json, tasks: list[Json]) -> None:
    """What `--background` says."""
    number, ids = operation["id"], [task["id"] for task in tasks]
    if len(ids) == 1:
        tell(f"Scheduled operation {number} with task {ids[0]}")
    else:
        tell(f"Scheduled operation {number} with {len(ids)} tasks")
        call.show({task["unit"]: {"id": str(task["id"])} for task in tasks}, form="yaml")
    tell(f"Check operation status with 'juju show-operation {number}'")
    tell(f"Check task status with 'juju show-task {ids[0] if len(ids) == 1 else '<id>'}'")


def _say_unscheduled(operation: Json) -> None:
    """What is said when no unit could be asked; Juju ends with code 0 all the same."""
    tell(f"Operation {operation['id']} failed to schedule any tasks:")
    tell("\n".join(operation["failures"].values()))


WAIT = duration("wait", default=-1.0, help="Maximum wait time for results")
WATCH = switch("watch", help="Wait indefinitely for results")


def patience(call: Call) -> float | None:
    """How many seconds `--wait` and `--watch` wait for what is shown; negative for ever."""
    if call[WATCH] and call.given(WAIT):
        raise UsageError("specify either --watch or --wait but not both")
    if call[WATCH] or call[WAIT] == 0:
        return -1.0
    return call[WAIT] if call[WAIT] > 0 else None


class Follower:
    """Follows the tasks of one operation until all are done or the time is up.

    Args:
        call: the command that waits.
        wait: seconds; negative waits for ever.
        talkative: say which task is waited for and show the log of a single one.
        only: the one task to wait for, and to show the log of.
    """

    def __init__(
        self, call: Call, wait: float, talkative: bool = False, only: int | None = None
    ) -> None:
        self._call = call
        self._deadline = time.monotonic() + wait if wait >= 0 else float("inf")
        self._talkative = talkative
        self._only = only
        self._shown = 0

    def follow(self, operation: int) -> list[Json]:
        """The finished tasks; Refused with `timed out` when the deadline passes first."""
        tasks = self._tasks(operation)
        live = self._only is not None or (self._talkative and len(tasks) == 1)
        for index, task in enumerate(tasks):
            if self._talkative:
                tell(f"Waiting for task {task['id']}...")
            while self._show(tasks[index], live)["status"] not in FINISHED:
                self._pause(tasks, live)
                tasks = self._tasks(operation)
        if self._shown:
            tell()
        return tasks

    def _tasks(self, operation: int) -> list[Json]:
        answer = self._call.ask("operation", id=operation)
        self._version = answer["version"]
        return [task for task in answer["tasks"] if self._only in (None, task["id"])]

    def _show(self, task: Json, live: bool) -> Json:
        if live:
            for moment, text in task["log"][self._shown :]:
                tell(f"{times.hour(moment, self._call[UTC])} {text}")
            self._shown = len(task["log"])
        return task

    def _pause(self, tasks: list[Json], live: bool) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            if live and self._shown:
                tell()
            waiting = [f"unit {t['unit']}" for t in tasks if t["status"] not in FINISHED]
            raise Refused(f"timed out waiting for results from: {', '.join(waiting)}", _TIMEOUT)
        # An engine that is killed meanwhile starts again with the next question, and knows all.
        with contextlib.suppress(Internal, Unreachable, OSError):
            self._call.ask("watch", after=self._version, timeout=min(left, _STEP))


def followed(call: Call, wait: float, operation: int, only: int | None = None) -> list[Json]:
    """The tasks of an operation, or one of them, when they are done; Refused as `show-task`."""
    try:
        return Follower(call, wait, only=only).follow(operation)
    except Refused as error:
        if error.code != _TIMEOUT:
            raise
        raise Refused("timeout reached", _TIMEOUT) from None
