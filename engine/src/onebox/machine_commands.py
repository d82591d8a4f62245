# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju exec --machine`: commands in a plain shell of a machine, without any hook tool."""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from onebox.changes import actions
from onebox.engine import Engine
from onebox.errors import OneboxError, Refused
from onebox.machine import MachineRoom
from onebox.model import Model, Task

_SHELL = "/bin/bash"


def start(engine: Engine, model: Model, task: Task) -> None:
    """Runs a task of a machine, when the machine is free; its results land in the model."""
    threading.Thread(
        target=_run, args=(engine, model, task), name=f"task-{task.id}", daemon=True
    ).start()


def _run(engine: Engine, model: Model, task: Task) -> None:
    room = MachineRoom.of(engine.home, model, task.unit)
    with engine.machine(model, task.unit):
        now = engine.now()
        begun = engine.store.transact(model.name, lambda m: _begun(m, task.id, now))
        if begun.tasks[task.id].status != "running":
            return
        results, failure = _ended(room, task)
    now = engine.now()
    with suppress(Refused):
        # The model may have gone meanwhile, and its tasks with it.
        engine.store.transact(
            model.name, lambda m: actions.finish(m, task.id, results, failure, now)
        )


def _begun(model: Model, number: int, now: Any) -> Model:
    waits = model.tasks[number].status == "pending"
    return actions.start(model, number, now) if waits else model


def _ended(room: MachineRoom, task: Task) -> tuple[dict[str, Any], str | None]:
    seconds = float(task.parameters.get("timeout") or 0) / 1e9
    try:
        # A machine that no unit has come to yet may not be there yet.
        room.start()
        entry = room.enter(Path("/root"))
        if not entry:
            room.root.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [*entry, _SHELL, "-c", task.parameters["command"]],
            cwd=None if entry else room.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds or None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}, "exec request timed out"
    except (OSError, OneboxError) as error:
        return {}, str(error)
    streams = {"stdout": done.stdout, "stderr": done.stderr}
    shown = {name: text.decode(errors="replace") for name, text in streams.items() if text}
    return {"return-code": done.returncode, **shown}, None
