# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What charms and the engine have to say: one rotating file of JSON lines per model."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO

from onebox.names import tag

ROTATE_BYTES = 16 * 1024 * 1024

LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

Entry = dict[str, Any]


class ModelLog:
    """The log of one model: appended to by every worker, followed by any number of readers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._old = path.with_suffix(".1.log")
        self._grown = threading.Condition()
        self._file: TextIO | None = None
        self._generation = 0

    def append(self, entity: str, level: str, module: str, message: str) -> None:
        """One entry; `entity` is such as `unit-kafka-0` or `machine-0`."""
        now = datetime.now(timezone.utc)
        entry = {
            "time": now.isoformat(),
            "entity": entity,
            "level": level,
            "module": module,
            "message": message,
        }
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        with self._grown:
            file = self._opened()
            file.write(line)
            file.flush()
            self._grown.notify_all()

    def read(self) -> Iterator[Entry]:
        """All entries there are, oldest first."""
        for path in (self._old, self.path):
            with suppress(FileNotFoundError), path.open() as file:
                yield from _entries(file)

    def follow(self, skip: int, stopped: Callable[[], bool]) -> Iterator[Entry | None]:
        """All entries but the first `skip`, then those to come.

        None comes now and then, so that the caller may look around.
        """
        for entry in self._endless(stopped):
            if entry is not None and skip > 0:
                skip -= 1
            else:
                yield entry

    def _endless(self, stopped: Callable[[], bool]) -> Iterator[Entry | None]:
        with self._grown:
            # Both at once: a rotation in between would show one file twice and another never.
            self._opened()
            generation, file = self._generation, self.path.open()
            old = self._old.open() if self._old.exists() else None
        if old is not None:
            with old:
                yield from _entries(old)
        try:
            while not stopped():
                yield from _entries(file)
                with self._grown:
                    rotated = generation != self._generation
                    idle = not rotated and not self._grown.wait(timeout=1.0)
                if idle:
                    yield None
                if rotated:
                    yield from _entries(file)
                    file.close()
                    file, generation = self.path.open(), self._generation
        finally:
            file.close()

    def remove(self) -> None:
        """Deletes the log."""
        with self._grown:
            if self._file is not None:
                self._file.close()
                self._file = None
            for path in (self._old, self.path):
                path.unlink(missing_ok=True)

    def _opened(self) -> TextIO:
        if self._file is not None and self._file.tell() > ROTATE_BYTES:
            self._file.close()
            self.path.replace(self._old)
            self._generation += 1
            self._file = None
        if self._file is None:
            self._file = self.path.open("a")
        return self._file


class UnitLog:
    """One unit's share of the log, also as text below its machine's `/var/log/juju`.

    `lowest` tells the lowest level that is kept of a module.
    """

    def __init__(
        self, model_log: ModelLog, unit: str, path: Path, lowest: Callable[[str], str]
    ) -> None:
        self._model_log = model_log
        self._lowest = lowest
        self._entity = tag(unit)
        self._path = path

    def __call__(self, module: str, level: str, message: str) -> None:
        """One entry, if its level is kept."""
        lowest = self._lowest(module)
        if lowest in LEVELS and level in LEVELS and LEVELS.index(level) < LEVELS.index(lowest):
            return
        self._model_log.append(self._entity, level, module, message)
        with suppress(FileNotFoundError):
            if self._path.stat().st_size > ROTATE_BYTES:
                self._path.replace(self._path.with_suffix(".1.log"))
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        with suppress(FileNotFoundError), self._path.open("a") as file:
            file.write(f"{stamp} {level} {module} {message}\n")


def _entries(file: TextIO) -> Iterator[Entry]:
    """Whole lines from where the file stands; a torn last line waits for its rest."""
    while True:
        position = file.tell()
        line = file.readline()
        if not line.endswith("\n"):
            file.seek(position)
            return
        with suppress(json.JSONDecodeError):
            yield json.loads(line)
