# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit keeps its workload: one tree beside the charm, which goes with the unit."""

import dataclasses
import hashlib
import os
from pathlib import Path

import ops

from dataops.host.files import ensure_absent, ensure_directory

# A Unix socket's path may have 107 bytes; the names below `root` need some of them.
_LONGEST_ROOT = 66


@dataclasses.dataclass(frozen=True)
class UnitPaths:
    """The directories of one unit; naming them touches nothing, ``create`` makes them.

    Attributes:
        root: ``<agent directory>/workload``: Juju removes it with the unit.
        short: where sockets go: ``root`` if a socket's path is then short enough, else a directory
            under ``/tmp`` that is ours.
    """

    root: Path
    short: Path

    @classmethod
    def of(cls, charm: ops.CharmBase) -> "UnitPaths":
        """The directories of this charm's unit."""
        return cls.beside(charm.charm_dir)

    @classmethod
    def beside(cls, charm_dir: Path) -> "UnitPaths":
        """The directories of the unit whose charm lies in ``charm_dir``."""
        root = charm_dir.absolute().parent / "workload"
        return cls(root=root, short=_short(root))

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
    def tmp(self) -> Path:
        """Scratch."""
        return self.root / "tmp"

    @property
    def run(self) -> Path:
        """The workload's sockets and process ids."""
        return self.short / "run"

    @property
    def control(self) -> Path:
        """The service manager's own files: never the workload user's."""
        return self.root / "control"

    @property
    def control_socket(self) -> Path:
        """The service manager's own socket."""
        return self.short / "control" / "socket"

    def create(self, user: str | None = None) -> bool:
        """Whether anything was missing; makes all directories, owned by the workload's user.

        Args:
            user: what ``ensure_user`` returned.

        Raises:
            PermissionError: when somebody else owns the short directory for ``run``.
        """
        changed = ensure_directory(self.root)
        if self.short != self.root:
            changed |= _claim(self.short)
        for path in (self.control, self.control_socket.parent):
            changed |= ensure_directory(path, mode=0o700)
        for path in (self.etc, self.run):
            changed |= ensure_directory(path, mode=0o700, owner=user)
        for path in (self.bin, self.log, self.tmp):
            changed |= ensure_directory(path, owner=user)
        return changed

    def remove(self) -> bool:
        """Whether there was anything to remove."""
        changed = ensure_absent(self.short)
        return ensure_absent(self.root) or changed


def _short(root: Path) -> Path:
    if len(os.fsencode(root)) <= _LONGEST_ROOT:
        return root
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path(f"/tmp/dataops-{os.getuid()}") / digest  # noqa: S108  _claim checks the owner


def _claim(short: Path) -> bool:
    """Make a directory of ours under /tmp, or refuse: anybody could have put something there."""
    base = short.parent
    changed = not base.exists()
    base.mkdir(mode=0o711, exist_ok=True)
    found = base.lstat()
    if found.st_uid != os.getuid() or base.is_symlink() or found.st_mode & 0o022:
        raise PermissionError(f"{base} is not ours: remove it, or ask its owner to")
    return ensure_directory(short) or changed
