# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""All unit workers of a daemon: started with their units, woken by what concerns them."""

import logging
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta

from onebox import history, rooms
from onebox.bridges import Bridges
from onebox.changes import actions, models, options, recovery
from onebox.engine import Engine
from onebox.errors import Refused
from onebox.host import boot_id
from onebox.machine_commands import MachineCommands
from onebox.model import Application, Machine, Model, Relation, Secret, Storage, Task
from onebox.nspawn.watch import Watch
from onebox.store import Difference
from onebox.worker import UnitWorker

_LOG = logging.getLogger(__name__)

_STOP_SECONDS = 5.0
_KILL_SECONDS = 5.0
_HOUSEKEEPING_SECONDS = 3600.0


class Agents:
    """The workers of all units, and the one that clears up after models."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._workers: dict[tuple[str, str], UnitWorker] = {}
        self._guard = threading.Lock()
        self._dying: queue.Queue[str | None] = queue.Queue()
        self._bridges = Bridges(engine)
        self.machine_commands = MachineCommands(engine)
        self._janitor = threading.Thread(target=self._clear_up, name="janitor", daemon=True)

    def start(self) -> None:
        """Takes up all models where the last daemon left them."""
        boot, now = boot_id(), self.engine.now()
        for model in self.engine.store.models():
            self.engine.networks.hold(model.network)
            self.engine.store.transact(model.name, lambda m: recovery.recover(m, boot, now))
        self.engine.store.on_change(self._changed)
        for model in self.engine.store.models():
            self._employ(model, model.units)
            if model.life != "alive":
                self._dying.put(model.name)
        self._janitor.start()
        Watch(self.engine).start()
        self._bridges.start()

    def stop(self) -> None:
        """Lets running hooks end for a moment, then kills them: they run again later."""
        self.engine.stopping.set()
        self._dying.put(None)
        self._bridges.wake()
        self._wake_all()
        self._join(_STOP_SECONDS)
        self.engine.aborting.set()
        self.machine_commands.abort()
        for worker in self._all():
            worker.abort()
        self._join(_KILL_SECONDS)

    def worker(self, model: str, unit: str) -> UnitWorker:
        """The worker of a unit; Refused when there is no such unit."""
        with self._guard:
            worker = self._workers.get((model, unit))
        if worker is None:
            raise Refused(f'unit "{unit}" not found', "not-found")
        return worker

    # -- waking --------------------------------------------------------------------------------

    def _changed(self, difference: Difference) -> None:
        model = difference.after
        history.record(self.engine.history(model), difference)
        self._employ(model, difference.keys.get("units", ()))
        for name in concerned(difference):
            worker = self._workers.get((model.name, name))
            if worker is None:
                continue
            worker.wake()
            if newly_forced(difference, name):
                # Nobody waits for a hook of a unit that is removed by force.
                worker.abort()
        if model.life != "alive":
            self._dying.put(model.name)

    def _employ(self, model: Model, names: Iterable[str]) -> None:
        """Starts a worker for each unit that has none, forgets those of units that are gone."""
        with self._guard:
            for name in names:
                key = (model.name, name)
                if name not in model.units:
                    self._workers.pop(key, None)
                elif key not in self._workers:
                    self._workers[key] = UnitWorker(self.engine, model, name)
                    self._workers[key].start()

    def _all(self) -> list[UnitWorker]:
        with self._guard:
            return list(self._workers.values())

    def _wake_all(self) -> None:
        for worker in self._all():
            worker.wake()

    def _join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for worker in self._all():
            worker.join(max(0.0, deadline - time.monotonic()))

    # -- clearing up ---------------------------------------------------------------------------

    def _clear_up(self) -> None:
        while not self.engine.stopping.is_set():
            try:
                name = self._dying.get(timeout=_HOUSEKEEPING_SECONDS)
            except queue.Empty:
                self._prune()
                continue
            try:
                if name is not None:
                    self._bury(name)
            except Exception:
                _LOG.exception("model %s", name)

    def _bury(self, name: str) -> None:
        """Removes a dying model once nothing in it needs an orderly end."""
        engine = self.engine
        try:
            model = engine.store.read(name)
        except Refused:
            return
        if model.life == "alive" or not models.empty(model):
            return
        rooms.clear(engine.home, model)
        engine.store.remove(name)
        # What this model offered or consumed ends in the others.
        self._bridges.wake()
        engine.forget(model)
        engine.blobs.sweep()

    def _prune(self) -> None:
        now = self.engine.now()
        for model in self.engine.store.models():
            text = str(options.option(model, "max-action-results-age"))
            age = options.duration(text) or timedelta(days=14)
            self.engine.store.transact(model.name, lambda m, age=age: actions.prune(m, now - age))
        self.engine.blobs.sweep()


def concerned(difference: Difference) -> set[str]:
    """The units whose next step a change may alter."""
    found: set[str] = set()
    if difference.keys.get("model", set[str]()) & {"config", "life"}:
        return set(difference.after.units)
    for family, keys in difference.keys.items():
        if family == "units":
            before = (difference.before.units.get(key) for key in keys)
            found |= keys | {unit.principal for unit in before if unit and unit.principal}
        for key in keys if family in _CONCERN else ():
            for model in (difference.before, difference.after):
                entity = getattr(model, family).get(key)
                if entity is not None:
                    found.update(_CONCERN[family](model, entity))
    return found


def newly_forced(difference: Difference, unit: str) -> bool:
    """Whether a change has put a unit out by force."""
    before = difference.before.units.get(unit)
    after = difference.after.units.get(unit)
    return bool(after and after.force_removal and not (before and before.force_removal))


def _of_application(model: Model, application: Application) -> Iterator[str]:
    return (u.name for u in model.units.values() if u.application == application.name)


def _of_relation(model: Model, relation: Relation) -> Iterator[str]:
    ends = {e.application for e in relation.endpoints}
    return (u.name for u in model.units.values() if u.application in ends)


def _of_secret(model: Model, secret: Secret) -> Iterator[str]:
    yield from secret.consumers
    for unit in model.units.values():
        if secret.owner in (unit.name, unit.application):
            yield unit.name


def _of_storage(model: Model, storage: Storage) -> Iterator[str]:
    if storage.owner:
        yield storage.owner


def _of_machine(model: Model, machine: Machine) -> Iterator[str]:
    return (u.name for u in model.units.values() if u.machine == machine.id)


def _of_task(model: Model, task: Task) -> Iterator[str]:
    yield task.unit


_CONCERN = {
    "applications": _of_application,
    "machines": _of_machine,
    "relations": _of_relation,
    "secrets": _of_secret,
    "storage": _of_storage,
    "tasks": _of_task,
}
