# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The immediate effects of a hook: what its tools do before it ends."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from onebox.changes import actions
from onebox.engine import Engine
from onebox.errors import Refused
from onebox.model import Model
from onebox.rooms import UnitRoom
from onebox.store import Change


class UnitServices:
    """What `hooktools.context.Services` asks for, for one run of one unit."""

    def __init__(
        self,
        engine: Engine,
        model: Model,
        room: UnitRoom,
        log: Callable[[str, str, str], None],
        kill: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._model = model
        self._room = room
        self._log = log
        self._kill = kill

    def now(self) -> datetime:
        """The time, with a zone."""
        return self._engine.now()

    def read(self) -> Model:
        """The model as committed at this moment."""
        return self._engine.store.read(self._model.name)

    def transact(self, change: Change) -> Model:
        """Commits a change at once."""
        return self._engine.store.transact(self._model.name, change)

    def log(self, module: str, level: str, message: str) -> None:
        """One line of the unit's log."""
        self._log(module, level, message)

    def resource_path(self, name: str) -> Path:
        """The file of an uploaded resource, in place."""
        application = self._model.applications[self._model.units[self._room.unit].application]
        resource = application.resources.get(name)
        if resource is None:
            raise Refused(f'resource "{name}" not found', "not-found")
        declared = self._model.charm_of(application.name).resources
        filename = declared[name].filename
        if [spec.filename for spec in declared.values()].count(filename) > 1:
            filename = f"{name}/{filename}"
        path = self._room.resource(filename, self._engine.blobs.path(resource.digest))
        return self._room.machine.told(path)

    def storage_path(self, location: str) -> Path:
        """What the charm calls a storage's location on its machine."""
        return self._room.machine.told(self._room.machine.path(location))

    def host_path(self, path: Path) -> Path:
        """Where on this host lies what a process of the unit calls `path`."""
        return self._room.machine.named(path)

    def log_action(self, task: int, message: str) -> None:
        """One progress line of an action."""
        now = self._engine.now()
        self.transact(lambda model: actions.add_log(model, task, message, now))

    def kill_hook(self) -> None:
        """Ends the hook's own process now."""
        self._kill()
