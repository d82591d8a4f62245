# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The few figures of a report that one wants at a glance. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from report.document import Document
from report.units import count, number, quantity


@dataclasses.dataclass(frozen=True)
class Card:
    """One figure at a glance; `tone` is good, bad or plain."""

    title: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = "plain"

    @classmethod
    def of(cls, title: str, value: float, unit: str, note: str, tone: str = "plain") -> Card:
        """The card of a quantity, its figure apart from its unit."""
        figure, _, shown = quantity(value, unit).partition(" ")
        return cls(title, figure, shown, note, tone)


def operation_cards(document: Document) -> tuple[Card, ...]:
    """The figures of any operation."""
    return (*_customers(document), *_answers(document), *_toil(document))


def _customers(document: Document) -> Iterator[Card]:
    """What the canary saw."""
    evidence = document.evidence
    if evidence is None or not evidence.sent:
        return
    lost = evidence.lost + evidence.failed
    share = (
        "none failed, none lost"
        if not lost
        else f"{evidence.failed:,} failed, {evidence.lost:,} lost"
    )
    yield Card("Records sent", f"{evidence.sent:,}", "", share, "bad" if lost else "good")
    gap = max(evidence.during.longest_gap_ms, evidence.after.longest_gap_ms)
    before = quantity(evidence.before.longest_gap_ms, "ms")
    yield Card.of("Longest gap", gap, "ms", f"{before} before", _breached(document, "gap"))
    p99 = evidence.during.p99_ms
    if p99 is not None:
        earlier = evidence.before.p99_ms
        note = f"{quantity(earlier, 'ms')} before" if earlier is not None else "while it ran"
        yield Card.of("Acknowledged, p99", p99, "ms", note)


def _breached(document: Document, word: str) -> str:
    """Bad when a limit that the word names was passed."""
    passed = any(
        word in breach.lower() or "acknowledgement for" in breach for breach in document.breaches
    )
    return "bad" if passed else "plain"


def _answers(document: Document) -> Iterator[Card]:
    """How the asked ones did."""
    answers = document.operation.answers
    well = sum(answer.well for answer in answers)
    if answers:
        tone = "good" if well == len(answers) else "bad"
        yield Card(
            "Answers well", f"{well}", f"of {len(answers)}", "units and leaders asked", tone
        )
    checks = [check for answer in answers for check in answer.checks]
    if checks:
        failed = sum(not check.ok for check in checks)
        yield Card(
            "Checks well",
            f"{len(checks) - failed}",
            f"of {len(checks)}",
            count(failed, "failure") if failed else "no failure",
            "bad" if failed else "good",
        )


def _toil(document: Document) -> Iterator[Card]:
    """What people did not have to do."""
    operation = document.operation
    if operation.manual_minutes and operation.status == "completed":
        yield Card("By hand", number(operation.manual_minutes), "min", "that nobody had to spend")
