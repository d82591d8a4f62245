# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A report as one HTML page: everything inside, nothing fetched. Pure but for the templates."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, cast

from report.cards import operation_cards
from report.customers import rows, told
from report.document import Answer, Document
from report.html import render
from report.performance.cards import cards as performance_cards
from report.performance.panels import PANELS
from report.timeline import lanes, ticks
from report.units import count

_VERDICTS = {"completed": ("ended well", "good"), "cancelled": ("cancelled", "plain")}
# What a person reads in a list of results; the JSON holds the rest.
_LONGEST = 600
# What the measurements' own part of the page shows.
_TOLD_ELSEWHERE = {"section", "measured"}


def page(document: Document, digest: str, signature: bytes, fragment: str = "") -> bytes:
    """The page; the same arguments give the same bytes.

    Args:
        document: what it says.
        digest: SHA-256 of the document's JSON.
        signature: of that JSON.
        fragment: the part that the operation's own job has drawn; HTML.
    """
    operation = document.operation
    verdict, tone = _VERDICTS.get(operation.status, ("did not end well", "bad"))
    evidence = document.evidence
    return render(
        "report.html.j2",
        {"short": _short, "shown": _shown},
        document=document,
        operation=operation,
        application=document.unit.partition("/")[0],
        verdict=verdict,
        tone=tone,
        lead=operation.outcome,
        cards=_cards(document),
        contents=tuple(_contents(document)),
        fragment=fragment,
        evidence=rows(evidence, document.limits) if evidence else (),
        told=told(evidence, document.promise) if evidence else "",
        lanes=lanes(operation),
        ticks=ticks(operation),
        digest=digest,
        signature=base64.b64encode(signature).decode(),
    )


def _cards(document: Document) -> tuple[Any, ...]:
    """Those of the measurements instead of those of the operation, where there are any."""
    measured = document.performance and document.performance.facts
    return performance_cards(measured) if measured else operation_cards(document)


def _contents(document: Document) -> Iterator[tuple[str, str]]:
    """The page's headings: anchor and title."""
    if document.operation.failures:
        yield "moves", "What to do"
    if document.evidence:
        yield "evidence", "Customers"
    performance = document.performance
    if performance and performance.facts:
        yield "advice", "Advice"
        yield "load", "Fixed load"
        drawn = {panel.id for panel in performance.facts.panels if panel.series}
        sections = dict.fromkeys(panel.section for panel in PANELS if panel.id in drawn)
        yield from ((section.lower(), section) for section in sections)
        if performance.facts.cluster:
            yield "cluster", "Cluster"
    yield from (("timeline", "Timeline"), ("answers", "Answers"), ("toil", "Toil"))
    yield "chain", "Signature"


def _short(answer: Answer) -> str:
    """One answer in a few words."""
    if answer.checks:
        failed = sum(not check.ok for check in answer.checks)
        return f"{len(answer.checks) - failed} of {count(len(answer.checks), 'check')} well"
    summary = answer.results.get("summary")
    if answer.status == "completed" and isinstance(summary, str):
        return summary if len(summary) <= 100 else f"{summary[:99].rstrip()}…"
    return answer.status


def _shown(results: dict[str, Any]) -> list[tuple[str, str]]:
    """Results for people: names and short texts; nested ones flat, long ones cut."""
    told = {name: value for name, value in results.items() if name not in _TOLD_ELSEWHERE}
    return [(name, _cut(value)) for name, value in _flat(told) if value not in ("", None)]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf under its dotted name; a list is a leaf."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _cut(value: Any) -> str:
    """A value as text."""
    text = value if isinstance(value, str) else _listed(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _listed(value: Any) -> str:
    """Plain lists of words as words, everything else as JSON."""
    if isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value)):
        return ", ".join(cast("list[str]", value)) or "none"
    return json.dumps(value)
