# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one hook, action or script of a unit, and says what it changes once it has ended."""

import base64
import logging
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from onebox import dispatcher, environment, persona, stowage
from onebox.changes import actions, hooks, parameters, told
from onebox.dispatcher import Ended, Run
from onebox.engine import Engine
from onebox.environment import Place
from onebox.errors import OneboxError, Refused
from onebox.hooktools.context import Context
from onebox.logs import UnitLog
from onebox.model import Hook, Model, Task
from onebox.rooms import UnitRoom
from onebox.services import UnitServices

# What a run changes: applied to whatever the model has become, in one transaction.
Outcome = Callable[[Model, datetime], Model]

_LOG = logging.getLogger(__name__)
_OPERATION = "juju.worker.uniter.operation"


class Runner:
    """Runs what the worker of one unit tells it to, one thing at a time."""

    def __init__(self, engine: Engine, room: UnitRoom, log: UnitLog) -> None:
        self._engine = engine
        self._room = room
        self._log = log
        self._guard = threading.Lock()
        self._run: Run | None = None
        self._task: int | None = None

    def kill(self, task: int | None = None) -> None:
        """Kills what runs now; with a `task` only if it is that one."""
        with self._guard:
            if self._run is not None and task in (None, self._task):
                self._run.kill()

    def recorded_session(self) -> int | None:
        """The process id, and so the session, of the run that an earlier daemon did not end."""
        try:
            return int(self._record.read_text())
        except (OSError, ValueError):
            return None

    # -- hooks ---------------------------------------------------------------------------------

    def hook(self, model: Model, hook: Hook) -> Outcome:
        """Runs a hook; the outcome commits it with all it wrote, or marks it as failed."""
        unit = self._room.unit
        name = hooks.name_of(model, unit, hook)
        context = self._context(model, hook, None)
        found = environment.of_hook(model, unit, hook, context.id, self._place(model))
        try:
            found |= self._storage(model, hook)
            ended, kind = self._dispatch(context, f"hooks/{name}", name, found)
        except (OneboxError, OSError) as error:
            return self._failed(hook, name, "hook dispatching script: dispatch", str(error))
        if ended is None:
            self._log(_OPERATION, "DEBUG", f'skipped "{name}" hook (missing)')
        elif ended.code != 0:
            ended_by_us = self._engine.aborting.is_set() or context.outcome.reboot == "now"
            if not (ended_by_us or self._room.machine.lost):
                return self._failed(hook, name, kind, ended.reason)
            # It was ended by us: it has not failed and runs again.
            return self._rebooted(model, context, lambda m, now: hooks.requeued(m, unit, now))
        else:
            self._log(_OPERATION, "INFO", f'ran "{name}" hook (via {kind})')
        stowage.left(self._engine.home, model, self._room, hook)
        return self._rebooted(model, context, self._committed(context, hook, name, kind))

    def _rebooted(self, model: Model, context: Context, outcome: Outcome) -> Outcome:
        """The outcome of a hook that may have asked for a reboot: all on the machine ends."""
        if not context.outcome.reboot:
            return outcome
        machine = model.units[self._room.unit].machine
        self._room.machine.end(model.uuid, machine)
        return lambda m, now: told.rebooted(outcome(m, now), machine)

    def _committed(self, context: Context, hook: Hook, name: str, kind: str) -> Outcome:
        unit = self._room.unit

        def commit(model: Model, now: datetime) -> Model:
            try:
                flushed = context.flush(model)
            except Refused as error:
                self._log(
                    "juju.worker.uniter.context", "ERROR", f"cannot apply changes: {error.message}"
                )
                return self._failed(hook, name, kind, error.message)(model, now)
            except Exception as error:
                _LOG.exception("what hook %s of %s wrote cannot be applied", name, unit)
                return self._failed(hook, name, kind, str(error))(model, now)
            return hooks.committed(flushed, unit, hook, now)

        return commit

    def _failed(self, hook: Hook, name: str, kind: str, reason: str) -> Outcome:
        self._log(_OPERATION, "ERROR", f'hook "{name}" (via {kind}) failed: {reason}')
        return lambda model, now: hooks.failed(model, self._room.unit, hook, now)

    def _storage(self, model: Model, hook: Hook) -> dict[str, str]:
        instance = model.storage.get(hook.storage or "")
        if instance is None:
            return {}
        location = stowage.bring(self._engine.home, model, self._room.machine, instance)
        told = self._room.machine.told(location)
        return environment.of_storage(instance.id, instance.kind, told)

    # -- actions and scripts -------------------------------------------------------------------

    def task(self, model: Model, task: Task) -> Outcome:
        """Runs an action or a `juju exec` script; the outcome is the task's result."""
        if task.action == actions.EXEC:
            return self._exec(model, task)
        unit = self._room.unit
        context = self._context(model, None, task)
        try:
            spec = context.charm.actions.get(task.action)
            if spec is None:
                raise Refused(f'action "{task.action}" not defined on unit "{unit}"')
            filled = parameters.validated(spec, task.parameters)
        except Refused as error:
            message = error.message
            return lambda model, now: actions.reject(
                hooks.task_ended(model, unit), task.id, message, now
            )
        context.task = task.model_copy(update={"parameters": filled})
        self._engine.store.transact(
            model.name, lambda model: actions.start(model, task.id, self._engine.now())
        )
        found = environment.of_action(model, unit, task, context.id, self._place(model))
        try:
            ended, _ = self._dispatch(context, f"actions/{task.action}", task.action, found, task)
        except (OneboxError, OSError) as error:
            return self._task_ended(context, task, {}, str(error))
        if ended is None:
            return self._task_ended(context, task, {}, f'action not implemented on unit "{unit}"')
        failure = self._reason(ended) if ended.code else context.outcome.failure
        return self._task_ended(context, task, _results(ended), failure)

    def _reason(self, ended: Ended) -> str:
        return actions.TERMINATED if self._engine.aborting.is_set() else ended.reason

    def _exec(self, model: Model, task: Task) -> Outcome:
        self._engine.store.transact(
            model.name, lambda model: actions.start(model, task.id, self._engine.now())
        )
        context = self._context(model, None, task)
        text = str(task.parameters.get("command", ""))
        seconds = float(task.parameters.get("timeout") or 0) / 1e9
        ended = self._script(model, context, text, Hook(kind=""), task, seconds)
        # A script that fails is a task that completed: its return code says the rest.
        return self._task_ended(context, task, _results(ended), context.outcome.failure)

    def commands(self, model: Model, text: str, hook: Hook) -> tuple[dict[str, Any], Outcome]:
        """Runs what a process of the unit asked for with `juju-exec`."""
        context = self._context(model, hook, None)
        ended = self._script(model, context, text, hook, None, 0)
        answer = {
            "code": ended.code if ended.code >= 0 else 128 - ended.code,
            "stdout": ended.stdout.decode(errors="replace"),
            "stderr": ended.stderr.decode(errors="replace"),
        }

        def finish(model: Model, now: datetime) -> Model:
            model = context.flush(model) if ended.code == 0 else model
            return hooks.task_ended(model, self._room.unit)

        return answer, finish

    def _task_ended(
        self,
        context: Context,
        task: Task,
        results: dict[str, Any],
        failure: str | None,
    ) -> Outcome:
        """What becomes of a task; one whose script ended with 0 has its writes committed."""

        def finish(model: Model, now: datetime) -> Model:
            message, found = failure, {**context.outcome.results, **results}
            if results.get("return-code") == 0:
                try:
                    model = context.flush(model)
                except Refused as error:
                    message = "committing requested changes failed"
                    found["stderr"] = f"{found.get('stderr', '')}{error.message}"
            model = hooks.task_ended(model, self._room.unit)
            return actions.finish(model, task.id, found, message, now)

        return finish

    # -- the process ---------------------------------------------------------------------------

    def _dispatch(
        self,
        context: Context,
        path: str,
        name: str,
        found: Mapping[str, str],
        task: Task | None = None,
    ) -> tuple[Ended | None, str]:
        program = dispatcher.find_program(self._room.charm, path)
        if program is None:
            return None, ""
        argv = tuple(os.fspath(self._room.machine.told(Path(word))) for word in program.argv)
        return self._start(context, argv, name, found, task), program.kind

    def _script(
        self,
        model: Model,
        context: Context,
        text: str,
        hook: Hook,
        task: Task | None,
        seconds: float,
    ) -> Ended:
        """Runs a text with bash where and as a hook would run."""
        found = environment.of_commands(
            model, self._room.unit, hook, context.id, self._place(model), task
        )
        timer = threading.Timer(seconds, self.kill) if seconds > 0 else None
        if timer is not None:
            timer.daemon = True
            timer.start()
        # What Juju calls the file that it writes a script into: bash names it in its errors.
        called = f"/tmp/juju-exec{secrets.randbelow(10**10)}/script.sh"  # noqa: S108 - only a name
        try:
            argv = ("/bin/bash", "-c", text, called)
            return self._start(context, argv, "juju-exec", found, task)
        finally:
            if timer is not None:
                timer.cancel()

    def _start(
        self,
        context: Context,
        argv: tuple[str, ...],
        name: str,
        found: Mapping[str, str],
        task: Task | None,
    ) -> Ended:
        module = f"unit.{self._room.unit}.{name}"

        def line(stream: str, text: str) -> None:
            self._log(module, "DEBUG" if stream == "stdout" else "WARNING", text)

        entering = self._room.machine.enter(self._room.machine.told(self._room.charm))
        entered = bool(entering)
        run = Run(context, self._room.socket, line, self._record, entered=entered)
        with self._guard:
            self._run, self._task = run, task.id if task else None
        try:
            return run((*entering, *argv), found, self._room.charm)
        finally:
            with self._guard:
                self._run = self._task = None

    def _context(self, model: Model, hook: Hook | None, task: Task | None) -> Context:
        services = UnitServices(self._engine, model, self._room, self._log, self.kill)
        context = Context(model, self._room.unit, hook, task, services)
        context.id = model.units[self._room.unit].local.context
        return context

    def _place(self, model: Model) -> Place:
        return Place(
            charm=self._room.machine.told(self._room.charm),
            socket=self._room.machine.told(self._room.socket),
            path=self._room.search_path(),
            api=persona.api(model.network),
        )

    @property
    def _record(self) -> Path:
        return self._room.state / "running"


def _results(ended: Ended) -> dict[str, Any]:
    """A process's part of a task's results, as Juju words them."""
    found: dict[str, Any] = {"return-code": max(ended.code, -1)}
    for name, output in (("stdout", ended.stdout), ("stderr", ended.stderr)):
        if not output:
            continue
        try:
            found[name] = output.decode()
        except UnicodeDecodeError:
            found[name] = base64.b64encode(output).decode()
            found[f"{name}-encoding"] = "base64"
    return found
