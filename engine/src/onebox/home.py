# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the engine keeps its own files, and socket paths that fit into 108 bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

# `sun_path` holds 108 bytes with its closing zero.
SOCKET_LIMIT = 107


class Home:
    """The engine's root directory: private to its user, 0700.

    Attributes:
        root: the directory itself.
        database: the SQLite file of the store.
        pid_file: locked by the daemon as long as it lives; holds its process id.
        refusal: why a daemon did not start, for the client that wanted it to.
        stopped: there when its user has stopped the engine: background jobs start none then.
        daemon_log: what the daemon itself has to say.
        blobs: charms and resources by the SHA-256 of their bytes.
        logs: one log per model, for `juju debug-log`.
        models: the machines' directories.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "onebox.sqlite"
        self.pid_file = root / "daemon.pid"
        self.refusal = root / "refusal"
        self.stopped = root / "stopped"
        self.daemon_log = root / "daemon.log"
        self.blobs = root / "blobs"
        self.logs = root / "logs"
        self.models = root / "models"

    @classmethod
    def default(cls) -> Home:
        """`$ONEBOX_HOME`, else `onebox` below what the juju client calls its data directory."""
        if own := os.environ.get("ONEBOX_HOME"):
            return cls(Path(own).absolute())
        data = os.environ.get("JUJU_DATA") or str(Path.home() / ".local/share/juju")
        return cls(Path(data).absolute() / "onebox")

    @property
    def socket(self) -> Path:
        """Where the daemon listens."""
        return short_socket(self.root / "socket")

    def prepare(self) -> None:
        """Makes the root and its directories, closed to everybody else."""
        for directory in (self.root, self.blobs, self.logs, self.models):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)


def runtime_directory() -> Path:
    """A short private directory for sockets: below `$XDG_RUNTIME_DIR`, else below /tmp."""
    uid = os.geteuid()
    base = os.environ.get("XDG_RUNTIME_DIR")
    directory = Path(base) / "onebox" if base else Path("/tmp") / f"onebox-{uid}"  # noqa: S108
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid != uid:
        raise PermissionError(f"{directory} belongs to another user; set XDG_RUNTIME_DIR")
    directory.chmod(0o700)
    return directory


def short_socket(path: Path) -> Path:
    """`path` itself, or a short stand-in when it is too long for a Unix socket."""
    name = os.fsencode(path)
    if len(name) <= SOCKET_LIMIT:
        return path
    return runtime_directory() / f"{hashlib.sha256(name).hexdigest()[:24]}.sock"
