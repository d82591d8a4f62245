# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the timeline says went wrong: per minute, most often, and last. One pass, little memory."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping

from dataops.snapshot import timeline
from postmortem.silence import REFUSED, Names

_MINUTE = 16  # of `2026-11-22T18:43:13.120000Z`, up to the minute
_KINDS = 5000
# Lines of one cause that follow each other so closely are one event.
_QUIET_SECONDS = 10.0
_BURSTS = 30
_KINDS_OF_A_BURST = 20
# Lines of one record that are looked at for a traceback.
_LONGEST_TAIL = 400
_VARYING = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_HEAD = re.compile(r"^.*?\b(?:FATAL|CRITICAL|CRIT|ERROR|level=\w+|error|critical|fatal)\b[\s:\]]*")
# supervisord says this of itself at each start, in its gravest words: it runs as root because the
# charm does, and its socket is one that nobody else can open.
_HARMLESS = re.compile(
    r"CRIT (?:Supervisor is running as root\.|Server 'unix_http_server' running without any HTTP)"
)
_SERVICES = "logs/services.log"
# How the last line of a traceback in Python begins: with the error's class.
_RAISED = re.compile(r"[A-Za-z_][\w.]*(?=: |$)")
_TRACEBACK = "Traceback (most recent call last):"


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

    @property
    def said(self) -> str:
        """What it says, without its time and its level."""
        return _HEAD.sub("", self.text)[:240]

    @property
    def kind(self) -> str:
        """The same without what differs from one time to the next."""
        return _VARYING.sub("#", self.said)


@dataclasses.dataclass
class Burst:
    """Lines of one cause, close after each other.

    Attributes:
        lines: the first of each kind, in the order of time.
        until: the time of the last.
        times: how many lines.
        units: who wrote them.
        silent: the unit that did not answer, where that is the cause and it is known.
    """

    lines: dict[str, Line]
    until: str
    times: int
    units: dict[str, None]
    silent: str = ""

    @property
    def first(self) -> Line:
        """Its first line, which is nearest to the cause."""
        return next(iter(self.lines.values()))

    @property
    def seconds(self) -> float:
        """From its first line to its last."""
        return _seconds(self.first.at, self.until)


class Errors:
    """Counts while lines pass by.

    Args:
        addresses: of the units, each with its unit's name.

    Attributes:
        lines: how many passed.
        minutes: errors and warnings by minute.
        units: errors by unit.
        harmless: lines that sound grave and are not; they count nowhere else.
    """

    def __init__(self, addresses: Mapping[str, str] | None = None) -> None:
        self.lines = 0
        self.minutes: dict[str, list[int]] = {}
        self.units: collections.Counter[str] = collections.Counter()
        self.harmless: dict[str, Kind] = {}
        self._names = Names(addresses or {})
        self._kinds: dict[str, Kind] = {}
        # By cause the newest, and by a number those before it.
        self._bursts: dict[tuple[str, ...] | int, Burst] = {}
        self._closed = 0
        self._now = ""
        self._same: dict[tuple[str, str], str] = {}

    def count(self, lines: Iterable[bytes]) -> None:
        """Take in the lines of a timeline."""
        for line, grave, tail in _records(lines):
            self.lines += 1 + len(tail)
            if grave:
                self._grave(_with_cause(_taken_apart(line), tail), grave == "error")

    def often(self, most: int = 8) -> list[Kind]:
        """The errors that were seen most."""
        return sorted(self._kinds.values(), key=lambda kind: -kind.times)[:most]

    def last(self) -> list[Burst]:
        """The newest errors, newest first; those of one cause together."""
        return sorted(self._bursts.values(), key=lambda burst: burst.until, reverse=True)

    def window(self, until: datetime.datetime, minutes: int) -> Iterator[tuple[str, int, int]]:
        """Each of the last minutes with its errors and warnings."""
        for back in range(minutes - 1, -1, -1):
            minute = f"{until - datetime.timedelta(minutes=back):%Y-%m-%dT%H:%M}"
            errors, warnings = self.minutes.get(minute, (0, 0))
            yield minute, errors, warnings

    def _grave(self, line: Line, error: bool) -> None:
        if self._twice(line):
            return
        if line.file == _SERVICES and _HARMLESS.search(line.text):
            _add(self.harmless, line)
            return
        self.minutes.setdefault(line.at[:_MINUTE], [0, 0])[not error] += 1
        if error:
            self.units[line.unit] += 1
            _add(self._kinds, line)
            self._burst(line)

    def _twice(self, line: Line) -> bool:
        """Whether it is there in another file of the unit: a program's own log and its output."""
        if line.at != self._now:
            self._now, self._same = line.at, {}
        return self._same.setdefault((line.unit, line.text), line.file) != line.file

    def _burst(self, line: Line) -> None:
        """Put it to those of its cause, or begin anew."""
        refused = REFUSED.search(line.text)
        silent = next(iter(self._names.of(line.text)), "") if refused else ""
        cause = ("silent", silent or line.unit) if refused else (line.unit, line.kind)
        burst = self._bursts.pop(cause, None)
        if burst and _seconds(burst.until, line.at) > _QUIET_SECONDS:
            self._closed += 1
            self._bursts[self._closed] = burst
            burst = None
        burst = burst or Burst({}, line.at, 0, {}, silent)
        if len(burst.lines) < _KINDS_OF_A_BURST:
            burst.lines.setdefault(line.kind, line)
        burst.until, burst.times = line.at, burst.times + 1
        burst.units[line.unit] = None
        self._bursts[cause] = burst
        if len(self._bursts) > _BURSTS:
            del self._bursts[min(self._bursts, key=lambda each: self._bursts[each].until)]


def _records(lines: Iterable[bytes]) -> Iterator[tuple[bytes, str, list[bytes]]]:
    """Each line with its severity, and the lines without a time that follow a grave one."""
    first, grave, tail = b"", "", list[bytes]()
    for line in lines:
        text = timeline.text_of(line)
        if grave and len(tail) < _LONGEST_TAIL and timeline.moment(text) is None:
            tail.append(line)
            continue
        if first:
            yield first, grave, tail
        first, grave, tail = line, timeline.severity(text), []
    if first:
        yield first, grave, tail


def _with_cause(line: Line, tail: list[bytes]) -> Line:
    """With the end of the last traceback that follows, which alone says what was wrong."""
    raised = ""
    for each in tail:
        text = timeline.text_of(each).decode(errors="replace").rstrip("\n")
        if text == _TRACEBACK:
            raised = _TRACEBACK
        elif raised == _TRACEBACK and _RAISED.match(text):
            raised = text
    if raised in ("", _TRACEBACK):
        return line
    return dataclasses.replace(line, text=f"{line.text} {raised}")


def _add(kinds: dict[str, Kind], line: Line) -> None:
    """Count one of its kind."""
    known = kinds.get(line.kind)
    if known:
        known.times += 1
    elif len(kinds) < _KINDS:
        kinds[line.kind] = Kind(line.said, 1, line.unit, line.link, line.number)


def _seconds(earlier: str, later: str) -> float:
    """Between two times of a timeline."""
    began, ended = (datetime.datetime.fromisoformat(at[:-1]) for at in (earlier, later))
    return (ended - began).total_seconds()


def _taken_apart(line: bytes) -> Line:
    """The fields of a line of a timeline."""
    head, _, text = line.decode(errors="replace").rstrip("\n").partition(" | ")
    at, unit, place = head.split(" ", 2)
    file, _, number = place.rpartition(":")
    return Line(at, unit, file, int(number), text)
