# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit keeps its workload: one tree beside the charm, which goes with the unit."""

import dataclasses
import hashlib
import os
from pathlib import Path

import ops

from dataops.host.files import ensure_absent, ensure_directory

# A Unix socket's path may have 107 bytes; what is put into `run` needs some of them.
_LONGEST_RUN = 70


@dataclasses.dataclass(frozen=True)
class UnitPaths:
    """The directories of one unit; naming them touches nothing, ``create`` makes them.

    Attributes:
        root: ``<agent directory>/workload``: Juju removes it with the unit.
        run: for sockets and process ids. Below ``root`` if a socket's path is then short enough,
            else a directory under ``/tmp`` that only we can enter.
    """

    root: Path
    run: Path

    @classmethod
    def of(cls, charm: ops.CharmBase) -> "UnitPaths":
        """The directories of this charm's unit."""
        return cls.beside(charm.charm_dir)

    @classmethod
    def beside(cls, charm_dir: Path) -> "UnitPaths":
        """The directories of the unit whose charm lies in ``charm_dir``."""
        root = charm_dir.absolute().parent / "workload"
        return cls(root=root, run=_run(root))

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
    def control(self) -> Path:
        """The service manager's own files: never the workload user's."""
        return self.root / "control"

    def create(self, user: str | None = None) -> bool:
        """Whether anything was missing; makes all directories, owned by the workload's user.

        Args:
            user: what ``ensure_user`` returned.

        Raises:
            PermissionError: when somebody else owns the short directory for ``run``.
        """
        changed = ensure_directory(self.root)
        changed |= ensure_directory(self.control, mode=0o700)
        for path in (self.bin, self.log, self.tmp):
            changed |= ensure_directory(path, owner=user)
        changed |= ensure_directory(self.etc, mode=0o700, owner=user)
        return self._create_run(user) or changed

    def remove(self) -> bool:
        """Whether there was anything to remove."""
        changed = ensure_absent(self.run)
        return ensure_absent(self.root) or changed

    def _create_run(self, user: str | None) -> bool:
        if self.run.parent != self.root:
            _claim(self.run.parent)
        return ensure_directory(self.run, mode=0o700, owner=user)


def _run(root: Path) -> Path:
    run = root / "run"
    if len(os.fsencode(run)) <= _LONGEST_RUN:
        return run
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path(f"/tmp/dataops-{os.getuid()}") / digest  # noqa: S108  _claim checks the owner


def _claim(base: Path) -> None:
    """Make the directory under /tmp ours alone, or refuse: anybody could have put it there."""
    base.mkdir(mode=0o711, exist_ok=True)
    found = base.lstat()
    if found.st_uid != os.getuid() or base.is_symlink() or found.st_mode & 0o022:
        raise PermissionError(f"{base} is not ours: remove it, or ask its owner to")
