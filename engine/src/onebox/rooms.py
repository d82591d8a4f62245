# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The machines of a model and the rooms of its units: where they are, and how they are cleared."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from onebox import archive, names, processes
from onebox.changes import options
from onebox.home import Home
from onebox.machine import MachineRoom, delete
from onebox.model import Model


def room_of(home: Home, model: Model, machine: str) -> MachineRoom:
    """The room of a machine of a model."""
    place = model_directory(home, model) / "machines" / machine.replace("/", "-")
    if options.boots(model):
        # Most engines never have such a machine.
        from onebox.nspawn.room import NspawnRoom

        return NspawnRoom.at(place, model, machine)
    return MachineRoom(place)


@dataclass(frozen=True)
class UnitRoom:
    """The directories of one unit on its machine."""

    machine: MachineRoom
    unit: str

    @classmethod
    def of(cls, home: Home, model: Model, unit: str) -> UnitRoom:
        """The room of a unit of a model."""
        return cls(room_of(home, model, model.units[unit].machine), unit)

    @property
    def tag(self) -> str:
        """The unit's name as part of a path, such as `unit-kafka-0`."""
        return names.tag(self.unit)

    @property
    def base(self) -> Path:
        """The agent's directory."""
        return self.machine.path(f"/var/lib/juju/agents/{self.tag}")

    @property
    def charm(self) -> Path:
        """The unpacked charm."""
        return self.base / "charm"

    @property
    def state(self) -> Path:
        """What the engine itself writes down of the unit."""
        return self.base / "state"

    @property
    def tools(self) -> Path:
        """The unit's hook tools."""
        return self.machine.path(f"/var/lib/juju/tools/{self.tag}")

    @property
    def log(self) -> Path:
        """The unit's own log."""
        return self.machine.path(f"/var/log/juju/{self.tag}.log")

    @property
    def socket(self) -> Path:
        """Where the hook tools of a running hook are answered."""
        return self.machine.socket(self.base / "agent.socket")

    def prepare(self) -> None:
        """Makes the directories."""
        for directory in (self.base, self.state, self.tools, self.log.parent):
            directory.mkdir(parents=True, exist_ok=True)

    def deploy(self, blob: Path, charm_url: str) -> None:
        """Puts the files of a charm in place; files that the charm itself made stay."""
        self.prepare()
        with archive.opened(blob) as opened:
            opened.unpack(self.charm)
        (self.charm / ".juju-charm").write_text(f"{charm_url}\n")
        (self.charm / "revision").write_text(charm_url.rpartition("-")[2])

    def resource(self, filename: str, blob: Path) -> Path:
        """The file of a resource in place; the bytes are shared with the engine's own copy."""
        target = self.base / "resources" / filename
        mark = target.with_name(f".{target.name}.copied")
        if target.exists() and (target.samefile(blob) or _text(mark) == blob.name):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        fresh.unlink(missing_ok=True)
        mark.unlink(missing_ok=True)
        try:
            fresh.hardlink_to(blob)
        except OSError:
            # Another file system: a copy does as well. Made anew for each hook it would be another
            # file for the charm every time.
            shutil.copyfile(blob, fresh)
            fresh.replace(target)
            mark.write_text(blob.name)
        else:
            fresh.replace(target)
        return target

    def search_path(self) -> str:
        """`PATH` of the unit's hooks: its tools, the system's directories, and a python3."""
        return f"{self.machine.told(self.tools)}:{self.machine.standard_path()}"

    def remove(self) -> None:
        """Deletes the unit's files; its machine may have other units."""
        self.socket.unlink(missing_ok=True)
        for path in (self.base, self.tools):
            delete(path)
        self.log.unlink(missing_ok=True)


def _text(path: Path) -> str:
    """What a file says; nothing when there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def model_directory(home: Home, model: Model) -> Path:
    """The directory of a model's machines."""
    return home.models / f"{model.name}-{model.uuid[-6:]}"


def demolish(home: Home, model: Model, machine: str) -> None:
    """Ends everything on a machine and deletes its files."""
    room = room_of(home, model, machine)
    room.end(model.uuid, machine)
    room.remove()


def clear(home: Home, model: Model) -> None:
    """Ends everything of a model that is gone and deletes its files."""
    for place in (model_directory(home, model) / "machines").glob("*"):
        demolish(home, model, place.name)
    processes.end(processes.of_model(model.uuid))
    delete(model_directory(home, model))


def salvage(home: Home) -> None:
    """Ends everything of this engine when nobody knows its models any more."""
    processes.end(processes.below(home.models))
    for place in home.models.glob("*/machines/*"):
        if (place / "address").exists():
            from onebox.nspawn.room import NspawnRoom

            NspawnRoom.abandoned(place).remove()
