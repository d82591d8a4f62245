# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The inventory for people, no wider than a terminal. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from dataops.certificates._inventory import Entry

_HEADS = ("UNIT", "PORT", "DAYS", "UNTIL", "SERIAL", "BY")
_SUBJECT_HEADS = ("UNIT", "SUBJECT", "FOR")
# `juju run` indents what it shows, by four at most, and terminals have 80 columns.
_WIDTH = 76


def table(entries: Sequence[Entry]) -> str:
    """The entries: one line each, the first to expire first.

    Names are as long as they like to be, so what each is for and who trusts its issuer is told
    below: one line for each unit, and one for each issuer.
    """
    ordered = sorted(
        entries, key=lambda one: (one.not_after is None, one.days_left, one.unit, one.port)
    )
    issuers = tuple(dict.fromkeys(one.issuer for one in ordered if one.issuer))
    rows = [_HEADS, *(_row(one, issuers) for one in ordered)]
    # Who has signed himself is told among the issuers.
    signed = [one for one in ordered if one.subject != one.issuer]
    subjects = tuple(dict.fromkeys(_subject(one) for one in signed))
    parts = [
        _aligned(rows),
        _aligned([_SUBJECT_HEADS, *subjects]) if subjects else "",
        _lines(_issuers(issuers, entries)),
    ]
    return "\n\n".join(part for part in parts if part)


def trusted_by(issuer: str, everyone: Iterable[Entry]) -> tuple[str, ...]:
    """The applications that trust it."""
    return tuple(sorted({other.application for other in everyone if issuer in other.trusts}))


def _row(one: Entry, issuers: Sequence[str]) -> tuple[str, ...]:
    where = str(one.port) if one.port else "-"
    if one.not_after is None:
        return (one.unit, where, one.problem)
    until = f"{one.not_after:%Y-%m-%d %H:%M}"
    signed = f"#{issuers.index(one.issuer) + 1}"
    return (one.unit, where, f"{one.days_left:.1f}", until, one.serial[:16], signed)


def _subject(one: Entry) -> tuple[str, ...]:
    return (one.unit, one.subject, ", ".join(one.sans) or "-")


def _issuers(issuers: Sequence[str], everyone: Sequence[Entry]) -> Iterator[str]:
    for number, issuer in enumerate(issuers, 1):
        who = ", ".join(trusted_by(issuer, everyone)) or "nobody"
        yield f"#{number} {issuer}, trusted by {who}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns of a width each; a row's last cell is as long as it is."""
    widths = [
        max((len(row[column]) for row in rows if column < len(row) - 1), default=0)
        for column in range(len(rows[0]))
    ]
    return _lines(
        ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip())
        for row in rows
    )


def _lines(lines: Iterable[str]) -> str:
    """What is too long goes on in a line below, indented."""
    return "\n".join(
        textwrap.fill(
            line, _WIDTH, subsequent_indent="   ", drop_whitespace=True,
            break_long_words=False, break_on_hyphens=False, replace_whitespace=False,
        )
        for line in lines
    )  # fmt: skip
