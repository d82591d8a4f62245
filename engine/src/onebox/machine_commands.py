# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju exec --machine`: commands in a plain shell of a machine, without any hook tool."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from onebox.changes import actions
from onebox.engine import Engine
from onebox.errors import OneboxError, Refused
from onebox.machine import MachineRoom
from onebox.model import Model, Task
from onebox.rooms import room_of

_SHELL = "/bin/bash"

_Results = tuple[dict[str, Any], "str | None"]


class MachineCommands:
    """The tasks of machines, a thread each while they wait and run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._running: dict[tuple[str, int], subprocess.Popen[bytes]] = {}

    def start(self, model: Model, task: Task) -> None:
        """Runs a task when its machine lets it; its results land in the model."""
        threading.Thread(
            target=self._run, args=(model, task), name=f"task-{task.id}", daemon=True
        ).start()

    def cancel(self, model: Model, task: int) -> None:
        """Kills a task that runs, with all it has started."""
        with self._guard:
            process = self._running.get((model.uuid, task))
            if process is not None:
                _kill(process)

    def abort(self) -> None:
        """Kills every task: the engine ends."""
        with self._guard:
            for process in self._running.values():
                _kill(process)

    def _run(self, model: Model, task: Task) -> None:
        engine = self._engine
        with engine.machine(model, task.unit, actions.claim(task)):
            now = engine.now()
            begun = engine.store.transact(model.name, lambda m: _begun(m, task.id, now))
            if begun.tasks[task.id].status != "running":
                return
            results, failure = self._ended(model, task)
        now = engine.now()
        with suppress(Refused):
            # The model may have gone meanwhile, and its tasks with it.
            engine.store.transact(
                model.name, lambda m: actions.finish(m, task.id, results, failure, now)
            )

    def _ended(self, model: Model, task: Task) -> _Results:
        room = room_of(self._engine.home, model, task.unit)
        try:
            # A machine that no unit has come to yet may not be there yet.
            with self._engine.power(model, task.unit):
                room.start()
            process = _started(room, task)
        except (OSError, OneboxError) as error:
            return {}, str(error)
        with self._guard:
            self._running[model.uuid, task.id] = process
        try:
            if self._cancelled_before(model, task):
                _kill(process)
            return _outcome(process, float(task.parameters.get("timeout") or 0) / 1e9)
        finally:
            with self._guard:
                del self._running[model.uuid, task.id]

    def _cancelled_before(self, model: Model, task: Task) -> bool:
        """Whether somebody wanted the task's end before there was a process to kill."""
        with suppress(Refused, KeyError):
            found = self._engine.store.read(model.name).tasks[task.id]
            return found.status != "running"
        return True


def _begun(model: Model, number: int, now: datetime) -> Model:
    waits = model.tasks[number].status == "pending"
    return actions.start(model, number, now) if waits else model


def _started(room: MachineRoom, task: Task) -> subprocess.Popen[bytes]:
    entry = room.enter(Path("/root"))
    if not entry:
        room.root.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [*entry, _SHELL, "-c", task.parameters["command"]],
        cwd=None if entry else room.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _outcome(process: subprocess.Popen[bytes], seconds: float) -> _Results:
    try:
        out, err = process.communicate(timeout=seconds or None)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.communicate()
        return {}, "exec request timed out"
    streams = {"stdout": out, "stderr": err}
    shown = {name: text.decode(errors="replace") for name, text in streams.items() if text}
    return {"return-code": max(process.returncode, -1), **shown}, None


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
