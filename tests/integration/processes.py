# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Faults on this machine, each proved to have happened."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import psutil

T = TypeVar("T")


def of_unit(unit: str, model_uuid: str, marker: str) -> list[psutil.Process]:
    """The processes of a unit whose command line holds `marker`."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            command = " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        mine = environment.get("JUJU_UNIT_NAME") == unit
        if mine and environment.get("JUJU_MODEL_UUID") == model_uuid and marker in command:
            found.append(process)
    return found


def one_of_unit(unit: str, model_uuid: str, marker: str) -> psutil.Process:
    """The one process of a unit that does the work: the innermost, not a wrapper of it."""
    found = of_unit(unit, model_uuid, marker)
    parents = {p.ppid() for p in found}
    inner = [p for p in found if p.pid not in parents]
    assert len(inner) == 1, f"{unit} has {len(inner)} processes with {marker!r}"
    return inner[0]


def runs(process: psutil.Process) -> bool:
    """Whether it does; one that has ended and that nobody has collected yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(process: psutil.Process) -> None:
    """SIGKILL, and the proof that the process is gone."""
    process.kill()
    gone, alive = psutil.wait_procs([process], timeout=60)
    assert gone and not alive, f"process {process.pid} survived SIGKILL"


def kill_all(unit: str, model_uuid: str, marker: str) -> None:
    """`kill` of every such process; one that goes with another meanwhile is gone as well."""
    for process in of_unit(unit, model_uuid, marker):
        with contextlib.suppress(psutil.NoSuchProcess):
            kill(process)


def kill_next(look: Callable[[], psutil.Process | None], patience: float, what: str) -> None:
    """`kill` of the first process that `look` finds; one that ends before it is hit is none."""

    def hit() -> bool:
        found = look()
        if found:
            kill(found)
        return found is not None

    eventually(hit, patience, what, pause=0.02)


@contextlib.contextmanager
def suspended(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """SIGSTOP, and the proof that all of them stand still; they go on afterwards."""
    try:
        for process in processes:
            process.suspend()
        eventually(
            lambda: {p.status() for p in processes} == {psutil.STATUS_STOPPED}, 10, "all stopped"
        )
        yield
    finally:
        for process in processes:
            process.resume()


def eventually(look: Callable[[], T], patience: float, what: str, pause: float = 0.5) -> T:
    """What `look` returns once it is true; it may fail until then. `pause`: seconds between looks.

    Raises:
        AssertionError: `what` did not happen within `patience` seconds; with the last failure.
    """
    deadline = time.monotonic() + patience
    failure: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if seen := look():
                return seen
        except Exception as error:
            failure = error
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {patience:.0f} s") from failure
