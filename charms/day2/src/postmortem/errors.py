# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the timeline says went wrong: per minute, most often, and last. One pass, little memory."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator

from dataops.snapshot import timeline

_MINUTE = 16  # of `2026-11-22T18:43:13.120000Z`, up to the minute
_KINDS = 5000
_VARYING = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_HEAD = re.compile(r"^.*?\b(?:FATAL|CRITICAL|ERROR|level=\w+|error|critical|fatal)\b[\s:\]]*")


@dataclasses.dataclass
class Kind:
    """One sort of error: how often, and where it was seen first."""

    text: str
    times: int
    unit: str
    file: str
    line: int


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the timeline, taken apart."""

    at: str
    unit: str
    file: str
    number: int
    text: str

    @property
    def link(self) -> str:
        """Its file, relative to the snapshot."""
        return f"{self.unit.replace('/', '-')}/{self.file}"


class Errors:
    """Counts while lines pass by.

    Attributes:
        lines: how many passed.
        minutes: errors and warnings by minute.
        units: errors by unit.
        last: the newest errors.
    """

    def __init__(self, newest: int = 30) -> None:
        self.lines = 0
        self.minutes: dict[str, list[int]] = {}
        self.units: collections.Counter[str] = collections.Counter()
        self.last: collections.deque[Line] = collections.deque(maxlen=newest)
        self._kinds: dict[str, Kind] = {}

    def count(self, lines: Iterable[bytes]) -> None:
        """Take in the lines of a timeline."""
        for line in lines:
            self.lines += 1
            text = timeline.text_of(line)
            grave = timeline.severity(text)
            if grave:
                minute = line[:_MINUTE].decode()
                self.minutes.setdefault(minute, [0, 0])[grave != "error"] += 1
                if grave == "error":
                    self._error(_taken_apart(line))

    def often(self, most: int = 8) -> list[Kind]:
        """The errors that were seen most."""
        return sorted(self._kinds.values(), key=lambda kind: -kind.times)[:most]

    def window(self, until: datetime.datetime, minutes: int) -> Iterator[tuple[str, int, int]]:
        """Each of the last minutes with its errors and warnings."""
        for back in range(minutes - 1, -1, -1):
            minute = f"{until - datetime.timedelta(minutes=back):%Y-%m-%dT%H:%M}"
            errors, warnings = self.minutes.get(minute, (0, 0))
            yield minute, errors, warnings

    def _error(self, line: Line) -> None:
        self.units[line.unit] += 1
        self.last.append(line)
        text = _HEAD.sub("", line.text)[:160]
        key = _VARYING.sub("#", text)
        known = self._kinds.get(key)
        if known:
            known.times += 1
        elif len(self._kinds) < _KINDS:
            self._kinds[key] = Kind(text, 1, line.unit, line.link, line.number)


def _taken_apart(line: bytes) -> Line:
    """The fields of a line of a timeline."""
    head, _, text = line.decode(errors="replace").rstrip("\n").partition(" | ")
    at, unit, place = head.split(" ", 2)
    file, _, number = place.rpartition(":")
    return Line(at, unit, file, int(number), text)
