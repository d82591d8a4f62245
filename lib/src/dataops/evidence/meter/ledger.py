# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The account on disk: every event is written before anything outside depends on it.

What happens often is gathered, and counted and written when the meter says so: before it sends,
and before it reports. The meter is woken for every acknowledgement, each time with cold caches:
the less it does then, the less it costs. A kill in between leaves a moment's acknowledgements
unknown, and its records to be read again.

A snapshot names the file of the events that follow it. Whoever is killed at any moment finds both
again; a last line that is not whole was never counted. Written without waiting for the disk: a
killed process loses nothing, a lost machine loses some seconds.
"""

import contextlib
import errno
import json
import os
import threading
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from dataops.evidence._account import Account
from dataops.evidence.meter.orders import put

_SNAPSHOT = "account.json"
_MOST_BYTES = 4_000_000
_EVENTS = frozenset(
    {
        "chose", "opened", "reads", "sent", "acknowledged", "failed", "read", "ticked", "switched",
        "resumed", "stopped", "exhausted", "closed",
    }
)  # fmt: skip
_OFTEN = frozenset({"sent", "acknowledged", "read"})


class Ledger:
    """An account that survives.

    Args:
        directory: where it lies; exists, belongs to this account alone, and is private.
        most: bytes of events before a new snapshot is made.

    Attributes:
        account: what is counted up to the last ``write``; a thread that wants more than one value
            of it at a time holds the lock.
        lock: held while an event is noted.
        found: whether there was one.
    """

    def __init__(self, directory: Path, *, most: int = _MOST_BYTES) -> None:
        self.lock = threading.RLock()
        self._directory = directory
        self._most = most
        self._file: int | None = None
        self._unwritten: list[tuple[Any, ...]] = []
        self._generation = 0
        self._written = 0
        self.account = Account()
        self.found = self._load()
        self._snapshot()

    def note(self, event: str, *values: Any) -> None:
        """Count the event and write it down: at once, or with the next ``write``.

        Args:
            event: the name of a method of ``Account``.
            values: its arguments.
        """
        assert event in _EVENTS, event
        with self.lock:
            assert self._file is not None, "the ledger is closed"
            self._unwritten.append((event, *values))
            if event not in _OFTEN:
                self.write()

    def write(self) -> None:
        """Count what was noted so far, and have it on disk.

        Raises:
            OSError: the disk is full.
        """
        with self.lock:
            if self._file is None or not self._unwritten:
                return
            for event, *values in self._unwritten:
                _apply(self.account, event, values)
            line = to_json(self._unwritten) + b"\n"
            self._unwritten.clear()
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._directory)
            self._written += len(line)
            if self._written > self._most:
                self._snapshot()

    def close(self) -> None:
        """Leave it as it is for the next one."""
        with self.lock:
            if self._file is not None:
                self.write()
                self._snapshot()
                os.close(self._file)
                self._file = None

    def _events(self, generation: int) -> Path:
        return self._directory / f"events-{generation}.jsonl"

    def _load(self) -> bool:
        """Read the snapshot and the events that follow it; whether there was one."""
        try:
            snapshot = json.loads((self._directory / _SNAPSHOT).read_text())
        except (FileNotFoundError, ValueError):  # a lost machine may leave an empty file
            return False
        self._generation = snapshot["generation"]
        self.account = Account.load(snapshot["account"])
        with contextlib.suppress(FileNotFoundError):
            for line in self._events(self._generation).read_bytes().split(b"\n")[:-1]:
                for event, *values in _events(json.loads(line)):
                    _apply(self.account, event, values)
        return True

    def _snapshot(self) -> None:
        """Begin a new file of events, and forget the old one."""
        old = self._events(self._generation)
        self._generation += 1
        new = self._events(self._generation)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC
        descriptor = os.open(new, flags, 0o600)
        content = {"generation": self._generation, "account": self.account.dump()}
        put(self._directory / _SNAPSHOT, json.dumps(content))
        if self._file is not None:
            os.close(self._file)
        self._file, self._written = descriptor, 0
        old.unlink(missing_ok=True)


def _events(line: list[Any]) -> list[list[Any]]:
    """What one line holds; an earlier version wrote a line for each event."""
    return [line] if isinstance(line[0], str) else line


def _apply(account: Account, event: str, values: Any) -> None:
    """Count one event."""
    getattr(account, event)(*values)
