# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Uploaded bytes, kept once under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from onebox.errors import Refused
from onebox.model import Model


class Blobs:
    """A directory of blobs; what no model names any more is swept out."""

    def __init__(self, directory: Path, models: Callable[[], Iterable[Model]]) -> None:
        self._directory = directory
        self._models = models
        # Held from the storing of a blob until a model names it.
        self._guard = threading.RLock()

    @contextmanager
    def stored(self, *files: Path) -> Generator[list[Blob]]:
        """The files' bytes in place; a model must name them before the `with` ends."""
        with self._guard:
            yield [self._store(file) for file in files]

    def path(self, digest: str) -> Path:
        """The file of a blob."""
        return self._directory / digest

    def sweep(self) -> None:
        """Deletes what no model names."""
        with self._guard:
            named = {digest for model in self._models() for digest in _digests(model)}
            for file in self._directory.iterdir():
                if file.name not in named:
                    file.unlink(missing_ok=True)

    def _store(self, file: Path) -> Blob:
        if not file.is_file():
            raise Refused(f"open {file}: no such file or directory", "not-found")
        sha, size = hashlib.sha256(), 0
        descriptor, fresh = tempfile.mkstemp(dir=self._directory)
        try:
            with file.open("rb") as source, os.fdopen(descriptor, "wb") as target:
                while chunk := source.read(1 << 20):
                    sha.update(chunk)
                    size += target.write(chunk)
            # Units share the bytes by hard links: nobody may write into them.
            Path(fresh).chmod(0o444)
            Path(fresh).replace(self.path(sha.hexdigest()))
        finally:
            Path(fresh).unlink(missing_ok=True)
        return Blob(sha.hexdigest(), size, self.path(sha.hexdigest()))


class Blob:
    """Some stored bytes."""

    def __init__(self, digest: str, size: int, path: Path) -> None:
        self.digest = digest
        self.size = size
        self.path = path


def _digests(model: Model) -> Iterable[str]:
    yield from (charm.digest for charm in model.charms.values())
    for application in model.applications.values():
        yield from (resource.digest for resource in application.resources.values())
