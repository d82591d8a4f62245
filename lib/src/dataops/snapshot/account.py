# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit says of its part of a snapshot: `unit.json` in its archive."""

from __future__ import annotations

import datetime
from typing import Literal

import pydantic

NAME = "unit.json"
TIMELINE = "timeline.log"

Severity = Literal["critical", "warning", "note"]


class _Part(pydantic.BaseModel):
    """Base: frozen, and deaf to what a newer unit adds."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class Finding(_Part):
    """One thing that is not as it should be.

    Attributes:
        severity: critical: clients feel it, or will soon.
        title: what, in a few words.
        detail: the figures; what was seen.
        where: the file of this unit that shows it, relative to its directory.
        at: when it happened (UTC), where that is known.
    """

    severity: Severity
    title: str
    detail: str = ""
    where: str = ""
    at: datetime.datetime | None = None


class Gap(_Part):
    """Something that could not be collected, and why."""

    name: str
    reason: str


class Piece(_Part):
    """One file.

    Attributes:
        name: relative to the unit's directory.
        bytes: as it is here, after secrets were removed.
        cut: whether only its end is here, because it is longer than a snapshot holds.
        removed: how often each secret was removed from it, by the secret's name.
    """

    name: str
    bytes: int
    cut: bool = False
    removed: dict[str, int] = {}


class Account(_Part):
    """What a unit says of its part.

    Attributes:
        unit: its name.
        summary: what it is and how it was, in one line.
        began: UTC.
        seconds: how long the collecting took.
        findings, gaps, pieces: as above.
        too_short: names of secrets that are too short to be told from ordinary words.
    """

    unit: str
    summary: str = ""
    began: datetime.datetime | None = None
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    pieces: tuple[Piece, ...] = ()
    too_short: tuple[str, ...] = ()

    @property
    def application(self) -> str:
        """Whose unit it is."""
        return self.unit.partition("/")[0]

    @property
    def folder(self) -> str:
        """The name of its directory."""
        return self.unit.replace("/", "-")

    @property
    def removed(self) -> int:
        """How often a secret was removed, in all its files."""
        return sum(sum(piece.removed.values()) for piece in self.pieces)
