# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One thread per unit: look, choose one step, take it, write down what it left, look again."""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onebox import processes, scheduler, stowage
from onebox.changes import actions, hooks, machines, options, relations, subordinates, units
from onebox.engine import Engine
from onebox.errors import OneboxError, Refused
from onebox.juju_exec import Wish
from onebox.logs import UnitLog
from onebox.model import Hook, Model
from onebox.nspawn.door import Door
from onebox.rooms import UnitRoom
from onebox.runner import Runner
from onebox.scheduler import Deploy, Destroy, Note, RunCommands, RunHook, RunTask, Step, Wait

_LOG = logging.getLogger(__name__)

# A fault of the engine itself must not become a busy loop.
_FAULT_SECONDS = 5.0
_LEFTOVER_GRACE = 5.0


@dataclass
class Commands:
    """What a process of the unit asked for with `juju-exec`, and where the answer goes."""

    text: str
    relation: int | None = None
    remote_unit: str | None = None
    answer: Future[dict[str, Any]] = field(default_factory=Future[dict[str, Any]])

    @property
    def hook(self) -> Hook:
        """No hook, but the relation whose context the commands see."""
        return Hook(kind="", relation=self.relation, remote_unit=self.remote_unit)


class UnitWorker(threading.Thread):
    """The agent of one unit."""

    def __init__(self, engine: Engine, model: Model, unit: str) -> None:
        super().__init__(name=f"{model.name}:{unit}", daemon=True)
        self._engine = engine
        self._uuid = model.uuid
        self._model_name = model.name
        self._unit = unit
        self._wake = threading.Event()
        self._commands: deque[Commands] = deque()
        room = UnitRoom.of(engine.home, model, unit)
        self._room = room
        log = UnitLog(engine.log(model), unit, room.log, self._lowest_level)
        self._runner = Runner(engine, room, log)
        self._door: Door | None = None

    # -- what others ask -----------------------------------------------------------------------

    def wake(self) -> None:
        """Looks again: something that concerns the unit has changed."""
        self._wake.set()

    def submit(self, commands: Commands) -> dict[str, Any]:
        """Runs commands as soon as the unit's current hook is over; their code and output."""
        self._commands.append(commands)
        self.wake()
        while self.is_alive():
            with suppress(FutureTimeout):
                return commands.answer.result(timeout=1.0)
        raise Refused(f'unit "{self._unit}" is gone', "not-found")

    def cancel(self, task: int) -> None:
        """Kills a task that runs."""
        self._runner.kill(task)

    def abort(self) -> None:
        """Kills whatever runs; it is run again by the next daemon."""
        self._runner.kill()

    # -- the loop ------------------------------------------------------------------------------

    def run(self) -> None:
        """Takes steps until the unit is gone or the daemon goes down."""
        self._guarded(self._renew_tools)
        self._guarded(self._end_leftovers)
        while not self._engine.stopping.is_set() and self._exists():
            self._wake.clear()
            self._guarded(self._turn)

    def _guarded(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception:
            _LOG.exception("unit %s of model %s", self._unit, self._model_name)
            self._engine.stopping.wait(_FAULT_SECONDS)

    def _exists(self) -> bool:
        with suppress(Refused):
            model = self._engine.store.read(self._model_name)
            return model.uuid == self._uuid and self._unit in model.units
        return False

    def _turn(self) -> None:
        step = self._choose(self._engine.store.read(self._model_name), self._engine.now())
        if isinstance(step, Wait):
            self._sleep(step.until)
        elif isinstance(step, Note):
            self._passed_over(step)
            self._transact(lambda model, now: self._rested(self._noted(model, step, now), now))
        elif isinstance(step, Destroy):
            self._destroy()
        else:
            model = self._engine.store.read(self._model_name)
            claim = self._claim(model, step)
            with self._engine.machine(model, model.units[self._unit].machine, claim):
                if not self._engine.stopping.is_set() and self._machine_runs(model):
                    self._run_next(claim)

    def _claim(self, model: Model, step: Step) -> str | None:
        """What a step keeps its neighbours on the machine from."""
        return actions.claim(model.tasks[step.id]) if isinstance(step, RunTask) else ""

    def _machine_runs(self, model: Model) -> bool:
        """Whether the unit's machine runs: it is started first, and its units may start anew."""
        number = model.units[self._unit].machine
        if self._room.machine.lost:
            self._transact(lambda model, _: machines.lost(model, number))
            return False
        try:
            with self._engine.power(model, number):
                fresh = self._room.machine.start()
        except (OSError, OneboxError) as error:
            reason = str(error)
            self._transact(lambda model, now: hooks.cannot_deploy(model, self._unit, reason, now))
            raise
        if fresh:
            self._transact(lambda model, _: machines.found(model, number))
        return True

    def _lowest_level(self, module: str) -> str:
        return options.log_level(self._engine.store.read(self._model_name), module)

    def _choose(self, model: Model, now: datetime) -> Step:
        return scheduler.next_step(model, self._unit, now, commands=bool(self._commands))

    def _sleep(self, until: datetime | None) -> None:
        seconds = (until - self._engine.now()).total_seconds() if until else None
        self._wake.wait(None if seconds is None else max(0.0, min(seconds, 3600.0)))

    def _transact(self, change: Callable[[Model, datetime], Model]) -> Model:
        now = self._engine.now()
        return self._engine.store.transact(self._model_name, lambda model: change(model, now))

    def _rested(self, model: Model, now: datetime) -> Model:
        """The model in which the unit is idle, if it has nothing more to do."""
        if self._unit in model.units and isinstance(self._choose(model, now), Wait):
            return hooks.rest(model, self._unit, now)
        return model

    def _passed_over(self, step: Note) -> None:
        """What a hook that is skipped leaves to us all the same."""
        model = self._engine.store.read(self._model_name)
        hook = model.units[self._unit].local.hook if self._unit in model.units else None
        if step.what == "skip" and hook is not None:
            stowage.left(self._engine.home, model, self._room, hook)

    def _noted(self, model: Model, step: Note, now: datetime) -> Model:
        if step.what == "resign":
            return hooks.resigned(model, self._unit)
        if step.what == "leave" and step.relation is not None:
            return units.leave_scope(model, step.relation, self._unit)
        hook = model.units[self._unit].local.hook
        if step.what == "skip" and hook is not None:
            return hooks.committed(model, self._unit, hook, now)
        return hooks.forgotten(model, self._unit)

    # -- steps that take a machine -------------------------------------------------------------

    def _run_next(self, claim: str | None) -> None:
        """Chooses again, now that what it claimed is ours, and takes the step.

        Choosing and marking the step as begun is one transaction: what the hook is told is
        exactly what the model was at that moment.
        """
        chosen: list[Step] = []

        def begin(model: Model, now: datetime) -> Model:
            step = self._choose(model, now)
            # What has come up meanwhile and claims something else waits for the next turn.
            chosen[:] = [step] if self._claim(model, step) == claim else [Wait()]
            return self._begun(model, chosen[0], now)

        model = self._transact(begin)
        step = chosen[0]
        if isinstance(step, RunHook):
            self._finish(self._runner.hook(model, step.hook))
        elif isinstance(step, RunTask):
            self._finish(self._runner.task(model, model.tasks[step.id]))
        elif isinstance(step, RunCommands):
            self._run_commands(model)
        elif isinstance(step, Deploy):
            self._deploy(model)

    def _begun(self, model: Model, step: Step, now: datetime) -> Model:
        name = self._unit
        if isinstance(step, RunHook):
            context = self._context(hooks.name_of(model, name, step.hook))
            return hooks.started(model, name, step.hook, context, now)
        if isinstance(step, RunTask):
            action = model.tasks[step.id].action
            return hooks.task_started(model, name, action, self._context(action), now)
        if isinstance(step, RunCommands):
            return hooks.task_started(model, name, "juju-exec", self._context("juju-exec"), now)
        return hooks.deploying(model, name, now) if isinstance(step, Deploy) else model

    def _context(self, what: str) -> str:
        return f"{self._unit}-{what}-{secrets.token_hex(16)}"

    def _finish(self, change: Callable[[Model, datetime], Model]) -> None:
        self._transact(lambda model, now: self._rested(change(model, now), now))

    def _run_commands(self, model: Model) -> None:
        commands = self._commands.popleft()
        try:
            result, change = self._runner.commands(model, commands.text, commands.hook)
            self._finish(change)
            commands.answer.set_result(result)
        except Exception as error:
            # Whoever waits for the answer hears of it; the unit goes on.
            commands.answer.set_exception(error)
            self._finish(lambda model, now: hooks.task_ended(model, self._unit))

    def _deploy(self, model: Model) -> None:
        application = model.applications[model.units[self._unit].application]
        charm = model.charm_of(application.name)
        try:
            self._room.deploy(self._engine.blobs.path(charm.digest), charm.url)
            self._install_tools()
        except (OSError, OneboxError) as error:
            reason = str(error)
            self._transact(lambda model, now: hooks.cannot_deploy(model, self._unit, reason, now))
            raise
        url, modified = charm.url, application.charm_modified
        self._transact(lambda model, now: hooks.deployed(model, self._unit, url, modified, now))

    # -- beginning and end ---------------------------------------------------------------------

    def _renew_tools(self) -> None:
        """Puts this engine's hook tools in the place of those that an older one installed."""
        if self._room.tools.is_dir():
            self._install_tools()

    def _install_tools(self) -> None:
        room, home = self._room, self._engine.home
        room.machine.install_tools(room.tools, home, self._model_name, self._unit)
        if room.machine.boots and self._door is None:
            self._door = Door(room.base / "run.socket", self._unit, self._wished)
            self._door.start()

    def _wished(self, wish: Wish) -> dict[str, Any]:
        """What a process of the machine asked for with its juju-exec."""
        model = self._engine.store.read(self._model_name)
        relation = relations.numbered(model, wish.relation) if wish.relation else None
        return self.submit(Commands(wish.commands, relation, wish.remote_unit or None))

    def _end_leftovers(self) -> None:
        """Ends what a hook of a daemon that died has left running, before the hook runs again."""
        context = self._engine.store.read(self._model_name).units[self._unit].local.context
        if not context:
            return
        session = self._runner.recorded_session()
        processes.end(processes.of_hook(context, session), _LEFTOVER_GRACE)
        self._transact(lambda model, now: self._rested(hooks.task_ended(model, self._unit), now))

    def _destroy(self) -> None:
        model = self._engine.store.read(self._model_name)
        if self._door is not None:
            self._door.close()
        stowage.vacate(self._engine.home, model, self._unit)
        self._transact(
            lambda model, now: subordinates.settle(units.gone(model, self._unit, now), now)
        )
