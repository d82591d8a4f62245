# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`index.html` of a snapshot: what is wrong first, then unit by unit. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from postmortem.errors import Errors
from postmortem.parts import Part
from postmortem.told import Absent, Past
from postmortem.troubles import Trouble
from report.html import render

_MINUTES = 60
# The foot has room for the larger letters of a phone.
_WIDTH, _HEIGHT, _FOOT = 720.0, 120.0, 30.0
# An error that comes again every minute must not hide everything below it.
_SHOWN = 8


@dataclasses.dataclass(frozen=True)
class Bar:
    """One minute of the histogram, in the units of its drawing."""

    x: float
    width: float
    errors_y: float
    errors_height: float
    warnings_y: float
    warnings_height: float
    told: str


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """What the page tells.

    Attributes:
        number: of the operation.
        model: the model's name.
        made: UTC.
        by: the unit that made it.
        parts: of the units, in order.
        absent: whose part is missing.
        troubles: gravest first.
        errors: of the timeline.
        past: the last operations.
    """

    number: int
    model: str
    made: datetime.datetime
    by: str
    parts: Sequence[Part]
    absent: Sequence[Absent]
    troubles: Sequence[Trouble]
    errors: Errors
    past: Sequence[Past]

    @property
    def verdict(self) -> str:
        """The gravest of all, how much more there is, and whether everybody is here."""
        critical = sum(each.severity == "critical" for each in self.troubles)
        warnings = sum(each.severity == "warning" for each in self.troubles)
        units = f"{len(self.parts)} of {len(self.parts) + len(self.absent)} units are here"
        if not critical and not warnings:
            return f"Nothing that was looked at is wrong; {units}."
        gravest = self.troubles[0].title
        return f"{gravest}. In all {critical} critical, {warnings} to look at; {units}."

    @property
    def removed(self) -> dict[str, int]:
        """How often each secret was removed, over all units."""
        total: dict[str, int] = {}
        for part in self.parts:
            for piece in part.account.pieces:
                for name, times in piece.removed.items():
                    total[name] = total.get(name, 0) + times
        return dict(sorted(total.items()))


def page(snapshot: Snapshot) -> bytes:
    """The page: one file, no script, no address outside the snapshot."""
    return render(
        "snapshot.html.j2",
        {"size": size, "clock": clock},
        s=snapshot,
        bars=bars(snapshot.errors, snapshot.made),
        minutes=_MINUTES,
        marks=marks(snapshot.made),
        tallest=_tallest(snapshot.errors, snapshot.made),
        often=snapshot.errors.often(),
        last=snapshot.errors.last(),
        shown=_SHOWN,
        width=_WIDTH,
        height=_HEIGHT,
        foot=_FOOT,
    )


def bars(errors: Errors, until: datetime.datetime) -> list[Bar]:
    """The histogram of the last hour."""
    step = _WIDTH / _MINUTES
    scale = _HEIGHT / max(_tallest(errors, until), 1)
    found: list[Bar] = []
    for place, (minute, bad, mild) in enumerate(errors.window(until, _MINUTES)):
        if bad or mild:
            high, low = bad * scale, mild * scale
            told = f"{minute[11:]} UTC: {bad} errors, {mild} warnings"
            top = _HEIGHT - high
            found.append(Bar(place * step + 1, step - 2, top, high, top - low, low, told))
    return found


def marks(until: datetime.datetime) -> list[tuple[float, str]]:
    """Where the histogram names the time: every ten minutes."""
    step = _WIDTH / _MINUTES
    times = [(n, until - datetime.timedelta(minutes=_MINUTES - 1 - n)) for n in range(_MINUTES)]
    last = _MINUTES - _MINUTES // 15  # a text that begins later would not fit
    return [(n * step, f"{at:%H:%M}") for n, at in times if at.minute % 10 == 0 and n <= last]


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1024:
        return f"{number} B"
    return f"{number / 1024:.0f} KiB" if number < 1 << 20 else f"{number / (1 << 20):.1f} MiB"


def clock(at: datetime.datetime) -> str:
    """A time of the day, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _tallest(errors: Errors, until: datetime.datetime) -> int:
    """The most of any minute."""
    return max((bad + mild for _, bad, mild in errors.window(until, _MINUTES)), default=0)
