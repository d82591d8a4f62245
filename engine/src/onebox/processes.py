# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The processes that charms start: found by the environment that they inherited from a hook."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

GRACE_SECONDS = 10.0
_ROUNDS = 5
_BEGINNING_SECONDS = 1.0
# The parent of the kernel's own threads, which never have arguments.
_KERNEL = 2

Environment = dict[str, str]


def of_model(model_uuid: str) -> Callable[[], list[psutil.Process]]:
    """Finds what was started anywhere in a model."""
    return lambda: list(_having({"JUJU_MODEL_UUID": model_uuid}))


def of_machine(model_uuid: str, machine: str) -> Callable[[], list[psutil.Process]]:
    """Finds what was started on a machine, by whichever unit."""
    wanted = {"JUJU_MODEL_UUID": model_uuid, "JUJU_MACHINE_ID": machine}
    return lambda: list(_having(wanted))


def of_unit(model_uuid: str, unit: str) -> Callable[[], list[psutil.Process]]:
    """Finds what one unit started."""
    wanted = {"JUJU_MODEL_UUID": model_uuid, "JUJU_UNIT_NAME": unit}
    return lambda: list(_having(wanted))


def below(directory: Path) -> Callable[[], list[psutil.Process]]:
    """Finds what was started by any charm below a directory, for whichever model.

    A service keeps little of the environment of the hook that defined it: its model, and here or
    there a path. Somebody's shell that happens to stand in the directory has no model.
    """
    start = f"{directory}{os.sep}"

    def find() -> list[psutil.Process]:
        return [
            process
            for process, known in _environments()
            if "JUJU_MODEL_UUID" in known and (_names(known, start) or _stands(process, start))
        ]

    return find


def _names(known: Environment, start: str) -> bool:
    """Whether any variable is a path below, or a list of paths with one."""
    return any(path.startswith(start) for text in known.values() for path in text.split(":"))


def _stands(process: psutil.Process, start: str) -> bool:
    with suppress(psutil.Error):
        return f"{process.cwd()}{os.sep}".startswith(start)
    return False


def of_hook(context: str, session: int | None) -> Callable[[], list[psutil.Process]]:
    """Finds what is left of a hook, but not the services that it put into sessions of their own.

    Without a known session, whatever has the hook's context and no session of its own is taken.
    """

    def find() -> list[psutil.Process]:
        found = list(_having({"JUJU_CONTEXT_ID": context}))
        first = min(found, key=lambda p: p.create_time(), default=None)
        leader = session or (first.pid if first else None)
        return [p for p in found if _session(p) == leader]

    return find


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def end(find: Callable[[], list[psutil.Process]], grace: float = GRACE_SECONDS) -> int:
    """Ends all that `find` finds: asks first, insists after `grace` seconds; tells how many.

    A supervisor may start another child while it goes, so it looks again until nothing is left.
    """
    ended = 0
    for _ in range(_ROUNDS):
        found = find()
        if not found:
            return ended
        ended += len(found)
        _signal(found, "terminate")
        _, alive = psutil.wait_procs(found, timeout=grace)
        _signal(alive, "kill")
        psutil.wait_procs(alive, timeout=grace)
    return ended


def _signal(processes: Iterable[psutil.Process], verb: str) -> None:
    for process in processes:
        with suppress(psutil.Error):
            getattr(process, verb)()


def _having(wanted: Environment) -> Iterator[psutil.Process]:
    for process, environment in _environments():
        if all(environment.get(k) == v for k, v in wanted.items()):
            yield process


def _environments() -> Iterator[tuple[psutil.Process, Environment]]:
    own = os.getpid()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != own and process.status() != psutil.STATUS_ZOMBIE:
                yield process, _environment(process)


def _environment(process: psutil.Process) -> Environment:
    """What it was started with, as soon as that can be seen.

    While a process takes up its program the kernel shows neither arguments nor environment, on a
    busy machine for a while: who took that for an environment of nothing would leave it running.
    """
    deadline = time.monotonic() + _BEGINNING_SECONDS
    while not (found := process.environ()):
        begun = process.cmdline() or _KERNEL in (process.pid, process.ppid())
        if begun or time.monotonic() > deadline:
            return process.environ()
        time.sleep(0.001)
    return found


def _session(process: psutil.Process) -> int | None:
    try:
        return os.getsid(process.pid)
    except OSError:
        return None
