# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One line after the other in the order of time, whatever wrote them and wherever it ran.

A line of a timeline is `2026-11-22T18:43:13.120000Z kafka/0 logs/server.log:812 | ` and the line
as it stands there. Lines without a time of their own, such as those of a stack trace, stay behind
the line that they belong to.
"""

from __future__ import annotations

import dataclasses
import datetime
import heapq
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
# Of `2026-11-22T18:43:13.120000Z`: text of equal width sorts as the times do.
_STAMP_LENGTH = 27
_LONGEST_HEAD = 64

# Kafka, Spark and journalctl write ISO 8601, Prometheus the same behind `ts=` or `time=`, Juju and
# supervisord with a blank in it and without a zone, Java's own logs in brackets.
_ISO = re.compile(
    rb"(?:ts=|time=|\[)?\"?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    rb"(?: ?(Z|[+-]\d\d:?\d\d))?"
)
# Spark's own default: a year of two digits, and no zone.
_SHORT = re.compile(rb"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)()()")
# Right behind the time, or as `level=` somewhere in a line of Prometheus.
_LEVEL = re.compile(rb"\]?\s+\[?(FATAL|CRITICAL|CRIT|ERROR|WARNING|WARN)\b")
_LOGFMT = re.compile(rb"\blevel=\"?(fatal|error|warn|ERROR|WARN)\b")
_MILD = {b"WARN", b"WARNING"}


@dataclasses.dataclass(frozen=True)
class Source:
    """One log.

    Attributes:
        unit: who wrote it.
        name: how the timeline calls it: its path in the snapshot.
        path: where it is.
        local: whether its times are those of the machine's own zone, where it names none.
    """

    unit: str
    name: str
    path: Path
    local: bool = False


def moment(line: bytes, *, local: bool = False) -> datetime.datetime | None:
    """The time that the line begins with, in UTC; None when it begins with none.

    Args:
        line: of a log.
        local: whether a time without a zone is of this machine's zone, and not UTC.
    """
    match = _ISO.match(line, 0, _LONGEST_HEAD) or _SHORT.match(line, 0, _LONGEST_HEAD)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(text) for text in match.groups()[:6])
    year, fraction = year if year > 99 else 2000 + year, (match[7] or b"").ljust(6, b"0")[:6]
    try:
        naive = datetime.datetime(year, month, day, hour, minute, second, int(fraction))
        return _in_utc(naive, match[8], local)
    except (ValueError, OverflowError, OSError):
        return None


def severity(line: bytes) -> str:
    """`error` or `warning` where a line that begins with its time says so, else empty."""
    stamp = _ISO.match(line, 0, _LONGEST_HEAD) or _SHORT.match(line, 0, _LONGEST_HEAD)
    if stamp is None:
        return ""
    end = stamp.end()
    level = _LEVEL.match(line, end) or _LOGFMT.search(line, end, end + 160)
    if level is None:
        return ""
    return "warning" if level[1].upper() in _MILD else "error"


def write(sources: Iterable[Source], target: Path) -> int:
    """How many lines the timeline of these logs has; writes it in the order of time.

    A log is read as it goes; only of one that is out of order in itself an index is in memory.
    """
    written = 0
    streams = [_ordered(number, log) for number, log in enumerate(sources)]
    with target.open("wb") as out:
        for _, _, lines in heapq.merge(*streams, key=lambda record: record[:2]):
            out.writelines(lines)
            written += len(lines)
    return written


def merge(timelines: Iterable[Path], target: Path) -> Iterator[bytes]:
    """Each line of these timelines in the order of time, while it is written to the target.

    Raises:
        ValueError: one of them is not in order; the message names it.
    """
    with target.open("wb") as out:
        streams = [_in_order(path) for path in timelines]
        for line in heapq.merge(*streams, key=lambda line: line[:_STAMP_LENGTH]):
            out.write(line)
            yield line


def is_timeline(path: Path) -> bool:
    """Whether every line has its time, and none is earlier than the one before."""
    try:
        for _ in _in_order(path):
            pass
    except ValueError:
        return False
    return True


def text_of(line: bytes) -> bytes:
    """The line of the log within a line of a timeline."""
    return line.partition(b" | ")[2]


def _in_order(path: Path) -> Iterator[bytes]:
    """The lines of a timeline."""
    last = b""
    with path.open("rb") as file:
        for line in file:
            stamp = line[:_STAMP_LENGTH]
            if stamp < last or moment(stamp) is None or not stamp.endswith(b"Z"):
                raise ValueError(f"{path.name} is no timeline: {stamp.decode(errors='replace')}")
            last = stamp
            yield line if line.endswith(b"\n") else line + b"\n"


def _ordered(number: int, log: Source) -> Iterator[tuple[str, int, list[bytes]]]:
    """The records of a log in the order of time, as lines of a timeline.

    Args:
        number: of the log: of records of one time, those of the first log come first.
        log: what to read.
    """
    records: Iterable[tuple[str, int, int, int]] = _records(log)
    if any(later < earlier for earlier, later in itertools.pairwise(r[0] for r in _records(log))):
        records = sorted(records)
    with log.path.open("rb") as file:
        for stamp, line, offset, length in records:
            file.seek(offset)
            texts = file.read(length).removesuffix(b"\n").split(b"\n")
            heads = (f"{stamp} {log.unit} {log.name}:{line + n} | " for n in range(len(texts)))
            lines = [
                h.encode() + t.rstrip(b"\r") + b"\n" for h, t in zip(heads, texts, strict=True)
            ]
            yield stamp, number, lines


def _records(log: Source) -> Iterator[tuple[str, int, int, int]]:
    """For each line with a time: the time, its number, where it is and how long with its tail."""
    current: tuple[str, int, int] | None = None
    offset = 0
    with log.path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            found = moment(line[:_LONGEST_HEAD], local=log.local)
            if found is not None:
                if current is not None:
                    yield (*current, offset - current[2])
                current = (_text(found), number, offset)
            offset += len(line)
    if current is not None:
        yield (*current, offset - current[2])


def _in_utc(naive: datetime.datetime, zone: bytes | None, local: bool) -> datetime.datetime:
    """The time in UTC, from the zone that the line names, else the machine's or UTC."""
    if not zone:
        return naive.astimezone(_UTC) if local else naive.replace(tzinfo=_UTC)
    if zone == b"Z":
        return naive.replace(tzinfo=_UTC)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    away = datetime.timedelta(minutes=minutes if zone[:1] == b"+" else -minutes)
    return (naive - away).replace(tzinfo=_UTC)


def _text(at: datetime.datetime) -> str:
    """The time in the width that every line has."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
