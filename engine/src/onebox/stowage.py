# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of a unit's files: storage that outlives it lies beside the machines meanwhile."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from onebox import processes
from onebox.changes import storage
from onebox.home import Home
from onebox.machine import MachineRoom, delete
from onebox.model import Hook, Model, Storage
from onebox.rooms import UnitRoom, demolish, model_directory


def _shelf(home: Home, model: Model, id_: str) -> Path:
    """Where the bytes of a detached instance are."""
    return model_directory(home, model) / "storage" / id_.replace("/", "-")


def bring(home: Home, model: Model, room: MachineRoom, instance: Storage) -> Path:
    """The directory of an instance on its unit's machine, with the bytes it had before."""
    location, shelf = room.path(instance.location), _shelf(home, model, instance.id)
    if shelf.exists():
        # As long as they are on the shelf, nobody has written anywhere else.
        delete(location)
        _move(shelf, location)
    location.mkdir(parents=True, exist_ok=True)
    return location


def left(home: Home, model: Model, room: UnitRoom, hook: Hook) -> None:
    """Puts away what the last hook about it took from a unit that stays."""
    instance = model.storage.get(hook.storage or "")
    if hook.kind == "storage-detaching" and instance and model.units[room.unit].life == "alive":
        _put_away(home, model, room.machine, instance)


def forget(home: Home, model: Model, id_: str) -> None:
    """Deletes the bytes of a detached instance."""
    delete(_shelf(home, model, id_))


def vacate(home: Home, model: Model, unit: str) -> None:
    """Ends everything a leaving unit started, and its machine's when it was the last one there."""
    owner = model.units[unit]
    others = [u for u in model.units.values() if u.machine == owner.machine and u.name != unit]
    machine = model.machines[owner.machine]
    room = UnitRoom.of(home, model, unit)
    stays = bool(others) or machine.kept
    if stays:
        processes.end(processes.of_unit(model.uuid, unit))
    for instance in storage.of_unit(model, unit):
        if stays or storage.keeps(instance):
            _put_away(home, model, room.machine, instance)
    if stays:
        room.remove()
    else:
        room.socket.unlink(missing_ok=True)
        demolish(home, model, owner.machine)


def _put_away(home: Home, model: Model, room: MachineRoom, instance: Storage) -> None:
    location = room.path(instance.location)
    if not storage.keeps(instance):
        delete(location)
    elif location.exists():
        _move(location, _shelf(home, model, instance.id))


def _move(source: Path, target: Path) -> None:
    """Moves a tree, whole or not at all as far as `target` is concerned."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        source.rename(target)
        return
    # A machine that boots has a file system of its own.
    coming = target.with_name(f"{target.name}.coming")
    delete(coming)
    subprocess.run(["cp", "-a", "--", os.fspath(source), os.fspath(coming)], check=True)
    delete(target)
    coming.rename(target)
    delete(source)
