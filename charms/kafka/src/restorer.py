# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The restored data on this unit's disk: fetched beside the old, put in its place. No Juju."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pydantic

from dataops.backup.sealed import SealError
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager
from dataops.objectstore import Target
from dataops.operations import OperationError
from recovery import Recovery, Share

SERVICE = "restoring"
# As `restoring` names them: that module loads what only its own process needs.
_SHARE, _MARK = "restoring-share.json", "restored.json"
_SPEC = "restoring.json"
_REPLACED = "kafka.replaced"
_STAGING = "kafka.restoring"
_PACKAGES = dict.fromkeys(
    [
        str(Path(__file__).parent),
        # Where this process found the library, and where what the library needs.
        *(str(Path(module.__file__ or "").parents[1]) for module in (pydantic,)),
        str(Path(sys.modules[UnitPaths.__module__].__file__ or "").parents[2]),
    ]
)


@dataclasses.dataclass(frozen=True)
class Restorer:
    """What a restore does on one unit.

    Attributes:
        paths: the unit's directories.
        services: what keeps the process running.
        storage: the unit's storage.
        user: whom the broker runs as.
    """

    paths: UnitPaths
    services: ServiceManager
    storage: Path
    user: str | None

    @property
    def restored(self) -> str:
        """Name of the restore that the data comes from; empty when from none."""
        return _name(self.storage / "kafka" / _MARK)

    @property
    def share(self) -> Share:
        """How far this unit's part is."""
        path = self.paths.control / _SHARE
        share = Share.from_text(path.read_text()) if path.exists() else Share()
        places = (self.storage / "kafka", self.storage / _STAGING / "logs")
        if share.state == "placed" and share.name not in (_name(one / _MARK) for one in places):
            # The disk was lost after it had been placed.
            return Share()
        return share

    @property
    def leftovers(self) -> bool:
        """Whether there is data that nobody uses, or a process that is not needed."""
        return any(path.exists() for path in self._own)

    def work(
        self,
        mode: str,
        recovery: Recovery,
        target: Target | None,
        more: Mapping[str, Any],
        key: Callable[[], str],
    ) -> None:
        """See to it that the process does its part, unless it has.

        Args:
            mode: `place` or `finish`.
            recovery: what is restored.
            target: the store; None when there is no place for backups.
            more: what else the process is told; see `restoring.Spec`.
            key: tells what opens what is sealed.
        """
        share, ended = self.share, {"place": "placed", "finish": "finished"}[mode]
        over = (ended, "failed") if mode == "place" else (ended,)
        if share.name == recovery.name and share.state in over:
            return
        if target is None:
            why = "it has no object store: relate it by s3, or set backup-directory"
            self._tell(Share(recovery.name, "failed", why))
            return
        try:
            secret = key()
        except (OperationError, SealError) as error:
            self._tell(Share(recovery.name, "failed", str(error)))
            return
        if _name(self.storage / _STAGING / "begun.json") not in ("", recovery.name):
            # Of a restore that was given up: it is not this one's.
            ensure_absent(self.storage / _STAGING)
        ensure_directory(self.storage / _STAGING, mode=0o700, owner=self.user)
        ensure_contents(
            self.storage / _STAGING / "begun.json", json.dumps({"name": recovery.name})
        )
        spec = {
            **more,
            "mode": mode,
            "recovery": recovery.to_text(),
            "target": target.model_dump(mode="json", context={"revealed": True}),
            "key": secret,
            "staging": str(self.storage / _STAGING),
            "user": self.user,
            "etc": str(self.paths.etc),
        }
        ensure_contents(self.paths.control / _SPEC, json.dumps(spec), mode=0o600)
        self.services.ensure(self._service())
        self.services.start(SERVICE)

    def take_over(self, recovery: Recovery) -> None:
        """The restored data is the broker's; what it had before lies aside.

        Called again after it was interrupted, it goes on. The broker does not run.
        """
        data, staged = self.storage / "kafka", self.storage / _STAGING / "logs"
        if self.restored == recovery.name:
            return
        if data.exists() and _name(staged / _MARK) == recovery.name:
            aside = self.storage / _REPLACED
            ensure_absent(aside)
            data.rename(aside)
        staged.rename(data)
        # What was backed up of the old cluster is no part of the new one's backups.
        ensure_absent(self.storage / "backup")
        _sync(self.storage)
        ensure_absent(self.storage / _STAGING)

    def put_back(self, name: str) -> None:
        """What the broker had before this restore is its data again; the restored data is gone.

        Called again after it was interrupted, it goes on. The broker does not run.
        """
        self.services.remove(SERVICE)
        if self.restored == name:
            ensure_absent(self.storage / _STAGING)
            (self.storage / "kafka").rename(self.storage / _STAGING)
        self._return()

    def discard(self) -> None:
        """Remove what nobody uses."""
        self.services.remove(SERVICE)
        # A kill between two renames may have left the broker without what is its own.
        self._return()
        for path in self._own:
            ensure_absent(path)

    def _return(self) -> None:
        data, aside = self.storage / "kafka", self.storage / _REPLACED
        if aside.exists() and not data.exists():
            aside.rename(data)
            _sync(self.storage)

    @property
    def _own(self) -> tuple[Path, ...]:
        files = (self.paths.control / name for name in (_SPEC, _SHARE))
        return (self.storage / _REPLACED, self.storage / _STAGING, *files)

    def _tell(self, share: Share) -> None:
        path = self.paths.control / _SHARE
        ensure_contents(path, json.dumps(dataclasses.asdict(share)), mode=0o600)

    def _service(self) -> Service:
        return Service(
            name=SERVICE,
            command=(sys.executable, "-m", "restoring", str(self.paths.control / _SPEC)),
            environment={"PYTHONPATH": os.pathsep.join(_PACKAGES)},
            log=self.paths.log / "restoring.log",
            brief=True,
        )


def _name(path: Path) -> str:
    return str(json.loads(path.read_text())["name"]) if path.exists() else ""


def _sync(directory: Path) -> None:
    """What was renamed there is so on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
