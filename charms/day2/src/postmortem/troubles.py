# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong, each once whoever says it. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from dataops.snapshot.account import Account, Severity
from dataops.snapshot.collector import Receipt
from postmortem.told import Absent, Ill

_ORDER: dict[Severity, int] = {"critical": 0, "warning": 1, "note": 2}
# Of a clock: below it, the way of the upload explains the difference.
_SECONDS_OFF = 2.0
# So the library calls a service that ended though nobody had asked it to.
_ENDED = "ended by itself"


@dataclasses.dataclass(frozen=True)
class Trouble:
    """One thing that is wrong.

    Attributes:
        severity: how grave.
        title, detail: what.
        units: who says so, or of whom it is said.
        next_move: what to do about it, where somebody knows.
        link: the file that shows it, relative to the snapshot.
        at: since when (UTC), where that is known.
        ended: whether it says that a unit's process ended, or that nothing came of the unit.
        parts: what it stands for, where it is an event that many tell.
    """

    severity: Severity
    title: str
    units: tuple[str, ...]
    detail: str = ""
    next_move: str = ""
    link: str = ""
    at: datetime.datetime | None = None
    ended: bool = False
    parts: tuple[Trouble, ...] = ()


def told(
    accounts: Sequence[Account],
    ills: Iterable[Ill],
    absent: Iterable[Absent],
    receipts: Iterable[Receipt],
) -> list[Trouble]:
    """Everything that a unit says: missing units, failed checks, what units found, clocks.

    Args:
        accounts: of the units.
        ills: failed health checks.
        absent: whose part is missing.
        receipts: of the uploads.
    """
    found = [_missing(each) for each in absent]
    found += [_ill(each) for each in ills]
    found += [_found(account, n) for account in accounts for n in range(len(account.findings))]
    found += [_clock(each) for each in receipts if abs(each.clock_ahead) > _SECONDS_OFF]
    found += [_short(account) for account in accounts if account.too_short]
    return found


def merged(found: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """The same, gravest first; what several units of an application say is there once."""
    known: dict[tuple[str, str, str], Trouble] = {}
    for each in found:
        key = (each.severity, each.title, each.units[0].partition("/")[0])
        first = known.get(key)
        known[key] = _joined(first, each) if first else each
    return tuple(sorted(known.values(), key=lambda each: _ORDER[each.severity]))


def _missing(absent: Absent) -> Trouble:
    return Trouble(
        "critical",
        f"{absent.unit} is not in this snapshot",
        (absent.unit,),
        absent.reason,
        absent.fetch or f"juju status {absent.unit.partition('/')[0]}",
        ended=True,
    )


def _ill(ill: Ill) -> Trouble:
    title = f"health check {ill.name} of {ill.unit.partition('/')[0]} fails"
    return Trouble("critical", title, (ill.unit,), ill.detail, ill.next_move)


def _found(account: Account, number: int) -> Trouble:
    finding = account.findings[number]
    link = f"{account.folder}/{finding.where}" if finding.where else ""
    return Trouble(
        finding.severity,
        finding.title,
        (account.unit,),
        finding.detail,
        link=link,
        at=finding.at,
        ended=_ENDED in finding.title,
    )


def _clock(receipt: Receipt) -> Trouble:
    unit = "/".join(receipt.unit.rsplit("-", 1))
    way = "ahead of" if receipt.clock_ahead > 0 else "behind"
    detail = f"Its lines in the timeline are {abs(receipt.clock_ahead):.1f} s {way} the others."
    return Trouble("note", f"the clock of {unit} is off", (unit,), detail)


def _short(account: Account) -> Trouble:
    title = "secrets too short to be told from words were not removed"
    return Trouble("warning", title, (account.unit,), ", ".join(account.too_short))


def _joined(first: Trouble, other: Trouble) -> Trouble:
    """The same trouble, told by one more; another detail is told as well."""
    detail = first.detail
    if other.detail and other.detail not in detail:
        detail = f"{detail} {other.detail}".strip()
    times = [each for each in (first.at, other.at) if each]
    return dataclasses.replace(
        first,
        units=tuple(dict.fromkeys((*first.units, *other.units))),
        detail=detail,
        at=min(times, default=None),
    )
