# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Collects files, answers and commands into one directory, bounded, and without secrets.

Nothing that fails ends the collecting: a post-mortem takes what there is. What could not be had is
noted with its reason. No secret ever reaches the disk, for each piece is cleaned before.
"""

from __future__ import annotations

import dataclasses
import json
import re
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import zstandard

from dataops.snapshot.account import Finding, Gap, Piece, Severity
from dataops.snapshot.redact import Redactor
from dataops.snapshot.timeline import Source

_T = TypeVar("_T")
_COMPRESSED = (".zst", ".zstd")
_BLOCK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much a unit may collect.

    Attributes:
        piece_bytes: of one file; of a longer one, its end.
        unit_bytes: of all files together.
        piece_seconds: for one answer or command.
        part_seconds: for each part of the collecting; what comes later in it is left out.
    """

    piece_bytes: int = 4 << 20
    unit_bytes: int = 40 << 20
    piece_seconds: float = 8.0
    part_seconds: float = 12.0


class Collection:
    """The pieces of one unit.

    Args:
        unit: its name.
        root: the directory to fill; it exists and is empty.
        redactor: knows the secrets.
        limits: how much.
        clock: seconds, monotonic.

    Attributes:
        pieces, gaps, findings: so far.
        logs: those of the pieces that belong into the timeline.
    """

    def __init__(
        self,
        unit: str,
        root: Path,
        redactor: Redactor,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.unit = unit
        self.pieces: list[Piece] = []
        self.gaps: list[Gap] = []
        self.findings: list[Finding] = []
        self.logs: list[Source] = []
        self._root = root
        self._redactor = redactor
        self._limits = limits or Limits()
        self._clock = clock
        self._room = self._limits.unit_bytes
        self.begin_part()

    def begin_part(self) -> None:
        """Begin another part, with time of its own: a slow one takes nothing from the next.

        When a machine has most to do, logs are wanted most, and whatever is asked answers late.
        """
        self._deadline = self._clock() + self._limits.part_seconds

    def text(self, name: str, look: Callable[[], str]) -> str | None:
        """What `look` says, as a file of that name; None when it fails or takes too long."""
        found = self._try(name, look)
        if found is not None:
            self._add(name, found.encode(errors="replace"))
        return found

    def value(self, name: str, look: Callable[[], _T]) -> _T | None:
        """What `look` returns, as a JSON file; None when it fails or takes too long."""
        found = self._try(name, look)
        if found is not None:
            self._add(name, json.dumps(found, indent=1, default=_plain).encode())
        return found

    def command(self, name: str, *argv: str) -> str | None:
        """What a command prints, as a file of that name."""

        def run() -> str:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._limits.piece_seconds,
                check=False,
            )
            if done.returncode:
                told = done.stderr.decode(errors="replace").strip().splitlines()
                raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {''.join(told[-1:])}")
            return done.stdout.decode(errors="replace")

        return self.text(name, run)

    def file(self, name: str, path: Path) -> bool:
        """A copy of a file, or of its end; False when there is nothing to copy."""
        found = self._try(name, lambda: _tail(path, self._limits.piece_bytes))
        if found is None:
            return False
        data, cut = found
        return self._add(name, data, cut)

    def log(self, name: str, path: Path, *, local: bool = False) -> None:
        """A copy of a log, which also goes into the timeline.

        Args:
            name: of the copy.
            path: of the log.
            local: whether its times are of the machine's own zone, where they name none.
        """
        if self.file(name, path):
            self.in_timeline(name, local=local)

    def in_timeline(self, name: str, *, local: bool = False) -> None:
        """A piece that is here already is a log."""
        self.logs.append(Source(self.unit, name, self._root / name, local))

    def find(
        self, severity: Severity, title: str, detail: str = "", where: str = "", **more: Any
    ) -> None:
        """Note something that is not as it should be."""
        clean = self._redactor.clean(detail.encode()).data.decode(errors="replace")
        self.findings.append(
            Finding(severity=severity, title=title, detail=clean, where=where, **more)
        )

    def gap(self, name: str, reason: str) -> None:
        """Note something that could not be had."""
        clean = self._redactor.clean(reason.encode()).data.decode(errors="replace")
        self.gaps.append(Gap(name=name, reason=clean))

    def _add(self, name: str, data: bytes, cut: bool = False) -> bool:
        """Keep it, cleaned, as far as there is room."""
        if len(data) > self._limits.piece_bytes:
            data, cut = data[: self._limits.piece_bytes], True
        clean = self._redactor.clean(data)
        if len(clean.data) > self._room:
            self.gap(name, f"the unit's {self._limits.unit_bytes >> 20} MiB are used up")
            return False
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(clean.data)
        self._room -= len(clean.data)
        self.pieces.append(
            Piece(name=name, bytes=len(clean.data), cut=cut, removed=dict(clean.removed))
        )
        return True

    def _try(self, name: str, look: Callable[[], _T]) -> _T | None:
        """What it returns in time; a failure is noted."""
        left = min(self._limits.piece_seconds, self._deadline - self._clock())
        if left <= 0:
            self.gap(name, f"the {self._limits.part_seconds:g} s for this part are used up")
            return None
        try:
            return _within(left, look)
        except FileNotFoundError as error:
            self.gap(name, f"there is no {error.filename}")
        except Exception as error:  # Whatever is broken is what the post-mortem is about.
            self.gap(name, f"{type(error).__name__}: {error}".rstrip(": "))
        return None


def safe(name: str) -> str:
    """A name that may be a file's in every snapshot."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "unnamed"


def newest(paths: Iterable[Path], most: int) -> list[Path]:
    """The regular files that were written last, newest first."""
    found: list[tuple[float, Path]] = []
    for path in paths:
        try:
            state = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(state.st_mode) and state.st_size:
            found.append((-state.st_mtime, path))
    return [path for _, path in sorted(found)[:most]]


def _within(seconds: float, look: Callable[[], _T]) -> _T:
    """What it returns; it is left behind when it takes longer."""
    results: list[_T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(look())
        except Exception as error:  # It is raised again in the caller's thread.
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    return results[0]


def _tail(path: Path, most: int) -> tuple[bytes, bool]:
    """The end of a file from a line's beginning, and whether anything is missing before it."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is no ordinary file")
    with path.open("rb") as file:
        if path.suffix in _COMPRESSED:
            data, cut = _unpacked_tail(file, most)
        else:
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            data, cut = file.read(most), size > most
    if cut:
        data = data[data.find(b"\n") + 1 :]
    return data, cut


def _unpacked_tail(file: Any, most: int) -> tuple[bytes, bool]:
    """The end of what a compressed file holds, which may still be being written."""
    kept, cut = b"", False
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
        file, read_across_frames=True
    )
    try:
        while block := stream.read(_BLOCK):
            kept += block
            if len(kept) > most:
                kept, cut = kept[-most:], True
    except zstandard.ZstdError:
        if not kept:
            raise
    return kept, cut


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
