# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the bars of the timeline lie: places in per cent of the operation's time. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterator

from report.document import OperationAccount, Span
from report.units import quantity

_NARROWEST = 0.6
_NICE_S = (
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    86400,
)
_MOST_TICKS = 6
_TONES = {"completed": "fine", "measured": "seen"}


@dataclasses.dataclass(frozen=True)
class Bar:
    """One who worked: place and length in per cent, and how long it took in words."""

    who: str
    left: float
    width: float
    took: str
    tone: str


@dataclasses.dataclass(frozen=True)
class Lane:
    """One step with those who worked at it."""

    title: str
    note: str
    bars: tuple[Bar, ...]


@dataclasses.dataclass(frozen=True)
class Tick:
    """A mark of the time axis."""

    left: float
    text: str


def lanes(operation: OperationAccount) -> tuple[Lane, ...]:
    """The steps in the order in which they began; steps that nobody worked at stay visible."""
    found: list[Lane] = []
    for (name, attempt, phase), spans in itertools.groupby(operation.timeline, key=_lane):
        note = phase if phase != "steps" else ""
        title = f"{name}, attempt {attempt}" if attempt > 1 else name
        found.append(Lane(title, note, tuple(_bar(operation, span) for span in spans)))
    return tuple(found)


def ticks(operation: OperationAccount) -> tuple[Tick, ...]:
    """Marks at even distances from the beginning."""
    seconds = operation.seconds
    if seconds <= 0:
        return ()
    distance = next((nice for nice in _NICE_S if seconds / nice <= _MOST_TICKS), seconds)
    return tuple(_ticks(seconds, distance))


def _lane(span: Span) -> tuple[str, int, str]:
    """What one lane holds."""
    return span.step, span.attempt, span.phase


def _ticks(seconds: float, distance: float) -> Iterator[Tick]:
    """From zero on; none so near the end that its text would leave the page."""
    for index in itertools.count():
        at = index * distance
        if at > 0.95 * seconds:
            return
        yield Tick(round(100 * at / seconds, 2), quantity(at, "s") if at else "0")


def _bar(operation: OperationAccount, span: Span) -> Bar:
    """One bar, never too narrow to be seen."""
    whole = max(operation.seconds, 0.001)
    ended = span.ended or operation.finished
    left = 100 * _between(operation.requested, span.began) / whole
    width = max(100 * _between(span.began, ended) / whole, _NARROWEST)
    left = min(left, 100 - _NARROWEST)
    return Bar(
        who=span.who,
        left=round(left, 2),
        width=round(min(width, 100 - left), 2),
        took=quantity(_between(span.began, ended), "s") if span.ended else "no answer",
        tone=_TONES.get(span.status, "wrong"),
    )


def _between(start: datetime.datetime, end: datetime.datetime) -> float:
    """Seconds."""
    return max(0.0, (end - start).total_seconds())
