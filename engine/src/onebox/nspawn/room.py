# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A machine that boots, in the place of a directory: what `MachineRoom` promises."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from onebox import persona
from onebox.changes import options
from onebox.errors import OneboxError
from onebox.home import Home
from onebox.hooktools import program
from onebox.machine import MachineRoom, delete
from onebox.model import Model
from onebox.nspawn import image, network
from onebox.nspawn.container import Container

# As root's login shell has it, and so Juju's agent.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOSTS = """\
127.0.0.1 localhost
127.0.1.1 {hostname}
::1 localhost ip6-localhost ip6-loopback
"""
# This host's name servers are out of reach, and whoever asks one of them waits: Java's clients of
# Kafka want to know the name of every address before they log in. Nobody listens on its own port.
_NAMES = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"


@dataclass(frozen=True)
class NspawnRoom(MachineRoom):
    """A booted container; the engine reads and writes its disk from outside."""

    container: Container
    hostname: str
    address: str
    packages: tuple[str, ...] = ()
    boots: ClassVar[bool] = True

    @classmethod
    def at(cls, place: Path, model: Model, machine: str) -> NspawnRoom:
        """The room of a machine, which may be gone from its model already."""
        found = model.machines.get(machine)
        extra = str(options.option(model, "machine-packages")).replace(",", " ").split()
        return cls(
            root=place / "root",
            container=Container(place, f"ob-{model.uuid[-6:]}-{machine.replace('/', '-')}"),
            hostname=found.hostname if found else "",
            address=found.address if found else "",
            packages=tuple(extra),
        )

    @classmethod
    def abandoned(cls, place: Path) -> NspawnRoom:
        """The room of a machine of which only its directory is known; good for its removal."""
        return cls(place / "root", Container(place, place.name), "", "")

    def told(self, path: Path) -> Path:
        """The path below the machine's own root."""
        return Path("/", path.relative_to(self.root))

    def named(self, path: Path) -> Path:
        """The path as the machine sees it, with whatever it has mounted there."""
        return Path(f"/proc/{self._leader()}/root", str(path).lstrip("/"))

    def enter(self, directory: Path) -> tuple[str, ...]:
        """Into all of its namespaces."""
        return self.container.enter(self._leader(), str(directory))

    def socket(self, path: Path) -> Path:
        """Where it is: the machine's own name for it is short."""
        return path

    def install_tools(self, tools: Path, home: Home, model: str, unit: str) -> None:
        """The tools, with a juju-exec that needs nothing of ours."""
        program.install_inside(tools, self.path("/usr/bin"))

    def standard_path(self) -> str:
        """The machine's own programs."""
        return _PATH

    @property
    def lost(self) -> bool:
        """Whether it has gone down without being asked to."""
        return self.container.lost

    def start(self) -> bool:
        """Boots it unless it runs; its network and disk come first."""
        if self.container.leader() is not None:
            return False
        self.container.mount(image.ready(self.packages))
        self.path("/etc/hosts").write_text(_HOSTS.format(hostname=self.hostname))
        self.path("/etc/resolv.conf").write_text(_NAMES)
        self.path("/etc/hostname").write_text(f"{self.hostname}\n")
        # Who removes the machine may no longer know it from the model.
        (self.container.directory / "address").write_text(self.address)
        self.container.boot(self.hostname, network.plug(self.address, persona.API_HOST))
        return True

    def lose(self) -> None:
        """Makes sure that nothing of a machine that is down is left to answer."""
        self.container.kill()
        with suppress(OneboxError):
            network.cut(self.address, off=True)

    def end(self, model_uuid: str, machine: str) -> None:
        """Shuts it down."""
        self.container.power_off()

    def remove(self) -> None:
        """Its disk and its network."""
        self.container.terminate()
        self.container.unmount()
        with suppress(FileNotFoundError):
            network.unplug((self.container.directory / "address").read_text())
        delete(self.container.directory)

    def _leader(self) -> int:
        leader = self.container.leader()
        if leader is None:
            raise OneboxError(f"machine {self.container.name} is down")
        return leader
