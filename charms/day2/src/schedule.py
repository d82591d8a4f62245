# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which operations are due by the clock: from the option `schedule` and the journal. Pure.

All times are UTC, where no hour is missing or comes twice. The journal holds until when each entry
has been considered, so that nothing is run twice, and so that what was missed is known.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import pydantic

from history import queue
from journal import Journal, Kind
from reading import entries, model

OPTION = "schedule"
# A hook may be late: another one runs, or the machine is busy. Later than this, day2 was away.
LATE = datetime.timedelta(minutes=10)
# The peers' databag holds the newest records only; this one has to stay among them.
_RENEWED_AFTER = 50


def _cron(text: str) -> str:
    """The expression, when it is one.

    Raises:
        ValueError: it is none.
    """
    from cronsim import CronSim, CronSimError

    try:
        if next(CronSim(text, datetime.datetime.now(datetime.timezone.utc)), None) is None:
            raise ValueError(f'"{text}" never comes')
    except CronSimError as error:
        example = 'write five fields, such as "0 3 * * 1" for Mondays at three (UTC)'
        raise ValueError(f'"{text}": {str(error).lower()}; {example}') from None
    return text


class Entry(pydantic.BaseModel):
    """One operation that comes again and again.

    Attributes:
        plan: its name.
        cron: when: minute, hour, day of the month, month, day of the week; UTC.
        params: what the plan takes.
        catch_up: what is done about times that passed while day2 was away: `none`, or `once` for
            all of them together.
    """

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    plan: str
    cron: Annotated[str, pydantic.AfterValidator(_cron)]
    params: dict[str, Any] = {}
    catch_up: Literal["none", "once"] = "none"

    @property
    def key(self) -> str:
        """By which the journal knows it; a changed entry is a new one."""
        params = json.dumps(self.params, sort_keys=True, default=str)
        return f"{self.plan} {self.cron} {hashlib.sha256(params.encode()).hexdigest()[:8]}"

    def following(self, moment: datetime.datetime) -> datetime.datetime:
        """The first time after a moment."""
        from cronsim import CronSim

        return next(CronSim(self.cron, moment))

    def latest(self, moment: datetime.datetime) -> datetime.datetime:
        """The last time up to a moment."""
        from cronsim import CronSim

        # Backwards, it leaves the minute out in which it begins.
        return next(CronSim(self.cron, moment + datetime.timedelta(minutes=1), reverse=True))


@dataclasses.dataclass(frozen=True)
class Schedule:
    """The entries, and what is wrong with the option, each with its line."""

    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Decision:
    """What the clock asks for.

    Attributes:
        due: the entries to be run now, each with the time for which it was meant.
        note: the body of the record that remembers it; None when there is nothing to remember.
    """

    due: tuple[tuple[Entry, datetime.datetime], ...] = ()
    note: dict[str, Any] | None = None


def read(text: str) -> Schedule:
    """The entries of the option."""
    try:
        found = entries(text)
    except ValueError as error:
        return Schedule(reasons=(f"{OPTION}: {error}",))
    good: list[Entry] = []
    lines: list[int] = []
    reasons: list[str] = []
    for each in found:
        entry = model(Entry, each, OPTION)
        if isinstance(entry, tuple):
            reasons += entry
        elif entry.key in {known.key for known in good}:
            reasons.append(f"{OPTION} line {each.line(())}: {entry.plan} is there twice")
        else:
            good.append(entry)
            lines.append(each.line(()))
    return Schedule(tuple(good), tuple(lines), tuple(reasons))


def decide(schedule: Sequence[Entry], journal: Journal, now: datetime.datetime) -> Decision:
    """What is due, and what has to be remembered."""
    known, number = _considered(journal)
    due: list[tuple[Entry, datetime.datetime]] = []
    skipped: list[dict[str, str]] = []
    for entry in schedule:
        at = entry.latest(now)
        if at <= known.get(entry.key, now):
            continue
        because = _against(entry, journal, at, now)
        if because:
            skipped.append({"plan": entry.plan, "at": at.isoformat(), "because": because})
        else:
            due.append((entry, at))
    stale = bool(journal) and journal[-1].number - number > _RENEWED_AFTER
    changed = set(known) != {entry.key for entry in schedule}
    if not (due or skipped or changed or (stale and schedule)):
        return Decision()
    body = {"entries": {entry.key: now.isoformat() for entry in schedule}, "skipped": skipped}
    return Decision(tuple(due), body)


def next_time(
    schedule: Sequence[Entry], now: datetime.datetime
) -> tuple[datetime.datetime, Entry] | None:
    """When the next operation is due, and which."""
    coming = ((entry.following(now), entry) for entry in schedule)
    return min(coming, key=lambda each: each[0], default=None)


def passed_over(journal: Journal) -> Iterator[str]:
    """What was due and did not begin, with the reason, newest first."""
    for record in reversed(journal):
        if record.kind is Kind.SCHEDULED:
            for each in record.body.get("skipped", ()):
                at = datetime.datetime.fromisoformat(each["at"])
                yield f"{each['plan']} at {at:%Y-%m-%d %H:%M} UTC: {each['because']}"


def by(entry: Entry) -> str:
    """How the journal says who asked for the operation."""
    return f"schedule {entry.key}"


def _against(entry: Entry, journal: Journal, at: datetime.datetime, now: datetime.datetime) -> str:
    """Why an entry that is due is passed over; empty when it is not."""
    if now - at > LATE and entry.catch_up == "none":
        return "day2 was away at that time"
    before = [operation for operation in queue(journal) if operation.requested_by == by(entry)]
    return f"{before[0].title} has not ended" if before else ""


def _considered(journal: Journal) -> tuple[dict[str, datetime.datetime], int]:
    """Until when each entry has been considered, and the number of the record that says so."""
    for record in reversed(journal):
        if record.kind is Kind.SCHEDULED:
            told: Iterator[tuple[str, str]] = iter(record.body.get("entries", {}).items())
            since = {key: datetime.datetime.fromisoformat(text) for key, text in told}
            return since, record.number
    return {}, 0
