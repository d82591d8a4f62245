# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operation may cost its clients, and whether it has cost more."""

import datetime
import re
from collections.abc import Iterator
from typing import Annotated, Any

import pydantic

from dataops.evidence._figures import Evidence, span

_SPAN = re.compile(r"(\d+)\s*(ms|s|m|h)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
# With fewer acknowledgements a percentile or a longest gap is chance.
_ENOUGH = 100


def _span(value: Any) -> datetime.timedelta:
    if isinstance(value, datetime.timedelta):
        return value
    match = _SPAN.fullmatch(str(value).strip())
    if not match:
        raise ValueError(f'"{value}" is no length of time; write for example 250ms, 10s or 2m')
    return datetime.timedelta(milliseconds=int(match[1]) * _MILLISECONDS[match[2]])


Span = Annotated[
    datetime.timedelta,
    pydantic.BeforeValidator(_span),
    pydantic.PlainSerializer(
        lambda value: f"{round(value.total_seconds() * 1000)}ms", return_type=str
    ),
    pydantic.WithJsonSchema({"type": "string", "examples": ["250ms", "10s", "2m"]}),
]


class Limits(pydantic.BaseModel):
    """What a plan's key ``canary`` says: how much the operation may cost its clients.

    The counts and lengths of the phases ``during`` and ``after`` are held against these; what was
    so before the operation is no fault of it.

    Attributes:
        failed, lost, duplicated, reordered: records at most.
        longest_gap: longest time without acknowledgement on any partition.
        p99: of the time from sending to acknowledgement; None: no limit.
        gap_ratio: the longest gap against that of ``before``; None: no limit.
        p99_ratio: the p99 against that of ``before``; None: no limit.
        before: how long to measure before the first step.
        after: how long to measure after the last one.
    """

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    failed: int = pydantic.Field(default=0, ge=0)
    lost: int = pydantic.Field(default=0, ge=0)
    duplicated: int = pydantic.Field(default=0, ge=0)
    reordered: int = pydantic.Field(default=0, ge=0)
    longest_gap: Span = datetime.timedelta(seconds=30)
    p99: Span | None = None
    gap_ratio: float | None = pydantic.Field(default=None, ge=1)
    p99_ratio: float | None = pydantic.Field(default=None, ge=1)
    before: Span = datetime.timedelta(seconds=10)
    after: Span = datetime.timedelta(seconds=10)


def breaches(evidence: Evidence, limits: Limits) -> tuple[str, ...]:
    """Every limit that is passed, each as a sentence; nothing while all are kept."""
    return tuple(breached(evidence, limits).values())


def breached(evidence: Evidence, limits: Limits) -> dict[str, str]:
    """The same by the names of the limits: the figures in a sentence go on growing."""
    return dict(_breached(evidence, limits))


def _breached(evidence: Evidence, limits: Limits) -> Iterator[tuple[str, str]]:
    phases = (evidence.during, evidence.after)
    for name in ("failed", "lost", "duplicated", "reordered"):
        count, most = sum(getattr(phase, name) for phase in phases), getattr(limits, name)
        if count > most:
            yield name, f"{count:,} records {name}{_why(name, evidence)}; the limit is {most:,}."
    gap = max(phase.longest_gap_ms for phase in phases)
    p99 = max((phase.p99_ms or 0.0) for phase in phases)
    yield from _within("longest-gap", "No acknowledgement for", gap, limits.longest_gap)
    yield from _within("p99", "The p99 is", p99, limits.p99)
    before = evidence.before
    if before.acknowledged >= _ENOUGH:
        p99 = max((p.p99_ms or 0.0 for p in phases if p.acknowledged >= _ENOUGH), default=0.0)
        yield from _ratio("gap-ratio", "longest gap", gap, before.longest_gap_ms, limits.gap_ratio)
        yield from _ratio("p99-ratio", "p99", p99, before.p99_ms or 0.0, limits.p99_ratio)


def _why(name: str, evidence: Evidence) -> str:
    """The reasons of failed records, the places of duplicates."""
    reasons = sorted({*evidence.during.reasons, *evidence.after.reasons})
    known = {"failed": reasons, "duplicated": evidence.duplicates}.get(name)
    return f" ({'; '.join(known)})" if known else ""


def _within(
    name: str, words: str, found: float, most: datetime.timedelta | None
) -> Iterator[tuple[str, str]]:
    if most is not None and found > (limit := most.total_seconds() * 1000):
        yield name, f"{words} {span(found)}; the limit is {span(limit)}."


def _ratio(
    name: str, words: str, found: float, before: float, most: float | None
) -> Iterator[tuple[str, str]]:
    if most is not None and before and found > most * before:
        yield (
            name,
            f"The {words} is {span(found)}, {found / before:.1f} times that before "
            f"({span(before)}); the limit is {most:g} times.",
        )
