# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the canary saw, as a table: before, during, after, beside the limits. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from dataops.evidence import Evidence, Figures, Limits
from report.units import quantity

_COUNTS = (
    ("sent", "sent"),
    ("acknowledged", "acknowledged"),
    ("failed", "failed"),
    ("unknown", "fate unknown"),
    ("lost", "lost"),
    ("duplicated", "stored twice"),
    ("reordered", "out of order"),
    ("reread", "read again"),
)
# Of these, zero says nothing.
_SELDOM = {"unknown", "reread"}
_NEVER = {"failed", "lost", "duplicated", "reordered"}


@dataclasses.dataclass(frozen=True)
class Value:
    """One cell; `share` is the length of its bar in per cent, None without a bar."""

    text: str
    tone: str = ""
    share: float | None = None


@dataclasses.dataclass(frozen=True)
class Row:
    """One figure over the phases, and what the plan allows."""

    title: str
    values: tuple[Value, ...]
    limit: str = ""


def rows(evidence: Evidence, limits: Limits | None) -> tuple[Row, ...]:
    """The table."""
    return (*_counts(evidence, limits), *_times(evidence, limits))


def told(evidence: Evidence, promise: str = "") -> str:
    """What it measured, in a few sentences."""
    if not evidence.sent:
        return "It sent nothing."
    said = f"In all: {evidence.line}."
    parts = f"It wrote to {evidence.partitions} partitions. " if evidence.partitions else ""
    kept = f" The verbs' promise: {promise}." if promise else ""
    return f"{parts}{said}{kept}"


def _phases(evidence: Evidence) -> tuple[Figures, Figures, Figures]:
    """In the order of the columns."""
    return evidence.before, evidence.during, evidence.after


def _counts(evidence: Evidence, limits: Limits | None) -> Iterator[Row]:
    """Records; one that should be zero and is not stands out."""
    for name, title in _COUNTS:
        found = [int(getattr(phase, name)) for phase in _phases(evidence)]
        if name in _SELDOM and not any(found):
            continue
        strict = name in _NEVER
        yield Row(
            title,
            tuple(Value(f"{n:,}", "wrong" if strict and n else "") for n in found),
            str(getattr(limits, name)) if strict and limits else "",
        )


def _times(evidence: Evidence, limits: Limits | None) -> Iterator[Row]:
    """Times, with bars that compare the phases."""
    gap = quantity(limits.longest_gap.total_seconds(), "s") if limits else ""
    p99 = quantity(limits.p99.total_seconds(), "s") if limits and limits.p99 else ""
    asked = (
        ("longest_gap_ms", "longest gap in writing", gap),
        ("longest_read_gap_ms", "longest gap in reading", ""),
        ("p50_ms", "acknowledged, p50", ""),
        ("p99_ms", "acknowledged, p99", p99),
    )
    for name, title, limit in asked:
        found: list[float | None] = [getattr(phase, name) for phase in _phases(evidence)]
        most = max((value or 0.0 for value in found), default=0.0)
        yield Row(title, tuple(_time(value, most) for value in found), limit)


def _time(value: float | None, most: float) -> Value:
    """One time with its bar."""
    if value is None:
        return Value("-")
    return Value(quantity(value, "ms"), share=round(100 * value / most, 1) if most else 0.0)
