# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The report as one HTML page: everything inside, nothing fetched. Pure but for the templates."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from cluster_facts import GroupTopic
from report.html import render
from report.performance.advice import Advice
from report.performance.adviser import advise
from report.performance.cards import cards
from report.performance.facts import ReportFacts, canonical
from report.performance.figures import figure
from report.performance.lines import Line, lines
from report.performance.panels import PANELS, Panel
from report.performance.words import reading, summary
from report.units import quantity, scale


@dataclasses.dataclass(frozen=True)
class Plot:
    """One figure of the page."""

    panel: Panel
    svg: str
    reading: str
    lines: tuple[Line, ...]
    factor: float
    unit: str


@dataclasses.dataclass(frozen=True)
class Report:
    """A finished report.

    Attributes:
        summary: in a few sentences.
        advice: what to change.
        html: the page.
        json: the facts, the summary and the advice, in canonical JSON.
    """

    summary: str
    advice: tuple[Advice, ...]
    html: bytes
    json: bytes


def compose(facts: ReportFacts) -> Report:
    """The report that follows from the facts; the same facts give the same bytes."""
    advice = advise(facts)
    content: dict[str, Any] = facts.model_dump(mode="json", by_alias=True)
    content["summary"] = summary(facts)
    content["advice"] = [dataclasses.asdict(each) for each in advice]
    json = canonical(content)
    html = render(
        "performance-report.html.j2",
        {"trend": _trend},
        facts=facts,
        summary=content["summary"],
        advice=advice,
        cards=cards(facts),
        sections=_sections(facts),
        absent=_absent(facts),
        digest=hashlib.sha256(json).hexdigest(),
        panels={panel.id: panel for panel in PANELS},
    )
    return Report(summary=content["summary"], advice=advice, html=html, json=json)


def _sections(facts: ReportFacts) -> dict[str, list[Plot]]:
    """The figures under their headings; a panel without series has none."""
    sections: dict[str, list[Plot]] = {}
    for panel in PANELS:
        drawn = lines(panel, facts.panel(panel.id))
        if drawn:
            svg = figure(panel, drawn, facts.start, facts.end, facts.step_seconds)
            factor, unit = scale(panel.unit, max(line.series.peak[1] for line in drawn))
            plot = Plot(panel, svg, reading(panel, drawn), drawn, factor, unit)
            sections.setdefault(panel.section, []).append(plot)
    return sections


def _absent(facts: ReportFacts) -> list[tuple[str, list[str]]]:
    """What could not be seen: each reason, with the titles of the figures that it costs."""
    reasons = {
        f"{each.target} could not be scraped: {each.error}": list[str]() for each in facts.down
    }
    titles = {panel.id: panel.title for panel in PANELS}
    for panel in facts.panels:
        if panel.gap:
            reasons.setdefault(panel.gap, []).append(titles.get(panel.id, panel.id))
    if facts.cluster_gap:
        reasons.setdefault(facts.cluster_gap, []).extend(["Brokers", "Topics", "Consumer groups"])
    return list(reasons.items())


def _trend(topic: GroupTopic) -> str:
    """Which way a consumer group is going."""
    if topic.lag == 0:
        return "up to date"
    if topic.keeps_up:
        return f"keeps up, {quantity(topic.age, 's')} behind"
    if not topic.consumed:
        return "not reading"
    change = (topic.lag - topic.lag_before) / topic.seconds if topic.seconds else 0.0
    if abs(change) < 1:
        return "steady"
    way = "falling behind" if change > 0 else "catching up"
    return f"{way} by {quantity(abs(change), 'records/s')}"
