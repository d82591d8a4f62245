# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit keeps its workload: one tree beside the charm, which goes with the unit."""

import dataclasses
from pathlib import Path

import ops

from dataops.host.files import ensure_absent, ensure_directory


@dataclasses.dataclass(frozen=True)
class UnitPaths:
    """The directories of one unit; naming them touches nothing, ``create`` makes them.

    Nothing lies outside ``root``. A Unix socket's path has at most 107 bytes, and a tree may be
    deeper than that: reach sockets by way of ``/proc/self/fd`` or a working directory.

    Attributes:
        root: ``<agent directory>/workload``: Juju removes it with the unit.
    """

    root: Path

    @classmethod
    def of(cls, charm: ops.CharmBase) -> "UnitPaths":
        """The directories of this charm's unit."""
        return cls.beside(charm.charm_dir)

    @classmethod
    def beside(cls, charm_dir: Path) -> "UnitPaths":
        """The directories of the unit whose charm lies in ``charm_dir``."""
        return cls(root=charm_dir.absolute().parent / "workload")

    @property
    def bin(self) -> Path:
        """Programs and libraries."""
        return self.root / "bin"

    @property
    def etc(self) -> Path:
        """Configuration and secrets: only the workload's user enters."""
        return self.root / "etc"

    @property
    def log(self) -> Path:
        """What the workload prints."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """What the workload says about itself while it runs: only its user enters."""
        return self.root / "run"

    @property
    def tmp(self) -> Path:
        """Scratch."""
        return self.root / "tmp"

    @property
    def control(self) -> Path:
        """The service manager's own files: never the workload user's."""
        return self.root / "control"

    def create(self, user: str | None = None) -> bool:
        """Whether anything was missing; makes all directories, owned by the workload's user.

        Args:
            user: what ``ensure_user`` returned.
        """
        changed = ensure_directory(self.root)
        changed |= ensure_directory(self.control, mode=0o700)
        for path in (self.etc, self.run):
            changed |= ensure_directory(path, mode=0o700, owner=user)
        for path in (self.bin, self.log, self.tmp):
            changed |= ensure_directory(path, owner=user)
        return changed

    def remove(self) -> bool:
        """Whether there was anything to remove."""
        return ensure_absent(self.root)
