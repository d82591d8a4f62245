# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A machine on this host: its directories, and the network its address is from.

`MachineRoom` is the one protocol of machines, and the plain implementation of it: a directory,
and processes that know from their environment where they belong. `onebox.nspawn.room` is the
other one, whose machines boot.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil

from onebox import archive, names, persona, processes
from onebox.changes import options
from onebox.errors import OneboxError
from onebox.home import Home, short_socket
from onebox.hooktools import program
from onebox.model import Model
from onebox.nspawn import network as wires

_STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class MachineRoom:
    """The directory below which one machine looks as it does under Juju."""

    root: Path

    # Whether it has a systemd of its own; else its processes are this host's.
    boots: ClassVar[bool] = False

    @staticmethod
    def of(home: Home, model: Model, machine: str) -> MachineRoom:
        """The room of a machine of a model."""
        place = model_directory(home, model) / "machines" / machine.replace("/", "-")
        if options.boots(model):
            # Most engines never have such a machine.
            from onebox.nspawn.room import NspawnRoom

            return NspawnRoom.at(place, model, machine)
        return MachineRoom(place)

    def path(self, inside: str) -> Path:
        """Where an absolute path of the machine's disk lies on the host."""
        return self.root / inside.lstrip("/")

    def told(self, path: Path) -> Path:
        """What processes of the machine call a path of the host: here the same."""
        return path

    def named(self, path: Path) -> Path:
        """Where on the host lies what a process of the machine calls `path`: here the same."""
        return path

    def enter(self, directory: Path) -> tuple[str, ...]:
        """What to put before a command so that it runs on the machine."""
        return ()

    def socket(self, path: Path) -> Path:
        """Where a socket is that processes of the machine reach: paths of sockets are short."""
        return short_socket(path)

    def install_tools(self, tools: Path, home: Home, model: str, unit: str) -> None:
        """Puts a unit's hook tools in place."""
        program.install(tools, home, model, unit)

    def standard_path(self) -> str:
        """The directories of the machine's programs; a host without a Python lends ours."""
        if shutil.which("python3", path=_STANDARD_PATH):
            return _STANDARD_PATH
        fallback = self.path("/var/lib/juju/python")
        fallback.mkdir(parents=True, exist_ok=True)
        link = fallback / "python3"
        if not link.is_symlink():
            link.symlink_to(os.path.realpath(sys.executable))
        return f"{_STANDARD_PATH}:{fallback}"

    @property
    def lost(self) -> bool:
        """Whether it has gone down by itself; a directory does not."""
        return False

    def start(self) -> bool:
        """Makes the machine run; whether it has come up only now."""
        return False

    def end(self, model_uuid: str, machine: str) -> None:
        """Ends all processes of the machine."""
        processes.end(processes.of_machine(model_uuid, machine))

    def remove(self) -> None:
        """Deletes the machine's files."""
        delete(self.root)


@dataclass(frozen=True)
class UnitRoom:
    """The directories of one unit on its machine."""

    machine: MachineRoom
    unit: str

    @classmethod
    def of(cls, home: Home, model: Model, unit: str) -> UnitRoom:
        """The room of a unit of a model."""
        return cls(MachineRoom.of(home, model, model.units[unit].machine), unit)

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
        if target.exists() and target.stat().st_ino == blob.stat().st_ino:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            fresh.hardlink_to(blob)
        except OSError:
            # Another file system: a copy does as well.
            shutil.copyfile(blob, fresh)
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


def model_directory(home: Home, model: Model) -> Path:
    """The directory of a model's machines."""
    return home.models / f"{model.name}-{model.uuid[-6:]}"


def vacate(home: Home, model: Model, unit: str) -> None:
    """Ends everything a leaving unit started, and its machine's when it was the last one there."""
    owner = model.units[unit]
    others = [u for u in model.units.values() if u.machine == owner.machine and u.name != unit]
    machine = model.machines[owner.machine]
    room = UnitRoom.of(home, model, unit)
    if others or machine.kept:
        processes.end(processes.of_unit(model.uuid, unit))
        room.remove()
    else:
        room.socket.unlink(missing_ok=True)
        demolish(home, model, owner.machine)


def demolish(home: Home, model: Model, machine: str) -> None:
    """Ends everything on a machine and deletes its files."""
    room = MachineRoom.of(home, model, machine)
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


class Networks:
    """The networks of all models of this engine, held against other engines on this host."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._held: dict[str, socket.socket] = {}

    def pick(self, model_uuid: str, *, wired: bool = False) -> str:
        """A network that no other engine uses, the same one for the same model.

        It is in 127/8, or with `wired` in 10/8: machines that boot are cabled to each other.
        """
        for network in _candidates(f"{self._home.root}:{model_uuid}", "10" if wired else "127"):
            if not (wired and _in_use(network)) and self.hold(network):
                return network
        raise OneboxError("no network is left for another model; destroy one first")

    def hold(self, network: str) -> bool:
        """Marks a network as taken; False when another engine has it."""
        if network in self._held:
            return False
        if wires.is_wired(network):
            wires.bridge(network, persona.API_HOST)
        claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            claim.bind((f"{network}.{persona.API_HOST}", persona.API_PORT))
        except OSError:
            claim.close()
            return False
        self._held[network] = claim
        return True

    def release(self, network: str) -> None:
        """Lets a network go."""
        claim = self._held.pop(network, None)
        if claim is not None:
            claim.close()
            if wires.is_wired(network):
                wires.remove_bridge(network)


def _in_use(network: str) -> bool:
    """Whether this host has an address in a network already."""
    devices = psutil.net_if_addrs().values()
    return any(a.address.startswith(f"{network}.") for device in devices for a in device)


def _candidates(seed: str, first: str) -> Iterator[str]:
    """Networks such as `127.83.7`, from the hash of `seed`; `$ONEBOX_NETWORK` fixes a prefix."""
    prefix = os.environ.get("ONEBOX_NETWORK", "") if first == "127" else ""
    for attempt in range(4096):
        second, third = hashlib.sha256(f"{seed}:{attempt}".encode()).digest()[:2]
        yield f"{prefix or f'{first}.{16 + second % 224}'}.{third}"


def delete(path: Path) -> None:
    """Deletes a tree, also where a charm took away our right to write."""
    shutil.rmtree(path, ignore_errors=True)
    for directory, _, _ in os.walk(path):
        with suppress(OSError):
            Path(directory).chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
