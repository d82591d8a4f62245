# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The measurements as a part of the report's page. Pure but for the templates."""

from __future__ import annotations

import dataclasses

from cluster_facts import GroupTopic
from report.html import render
from report.performance.adviser import advise
from report.performance.document import Performance, Section
from report.performance.facts import ReportFacts
from report.performance.figures import figure
from report.performance.lines import Line, lines
from report.performance.load import KINDS, Kind
from report.performance.noise import Verdict
from report.performance.panels import PANELS, Panel
from report.performance.trend import trend
from report.performance.words import reading, summary
from report.units import quantity, scale

_TONES = {"better": "good", "worse": "bad"}


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
class LoadPlot:
    """One figure of the fixed load over the reports."""

    kind: Kind
    svg: str
    now: str
    verdict: Verdict | None
    tone: str


def compose(facts: ReportFacts) -> Section:
    """The part that follows from the facts; the same facts give the same bytes."""
    performance = Performance(
        facts=facts,
        summary=summary(facts),
        comparison=facts.comparison,
        advice=advise(facts),
    )
    html = render(
        "performance.html.j2",
        {"trend": _trend},
        facts=facts,
        advice=performance.advice,
        comparison=performance.comparison,
        loads=_loads(facts),
        rounds=max((len(each) for each in facts.load.rounds.values()), default=0)
        if facts.load
        else 0,
        slowest=max((each.p99 for each in facts.load.brokers), default=0) if facts.load else 0,
        sections=_sections(facts),
        absent=_absent(facts),
        panels={panel.id: panel for panel in PANELS},
    )
    return Section(performance, html.decode())


def _loads(facts: ReportFacts) -> list[LoadPlot]:
    """The figures of the fixed load."""
    if facts.load is None:
        return []
    verdicts = {v.name: v for v in facts.comparison.verdicts} if facts.comparison else {}
    measured = facts.load.measured()
    found: list[LoadPlot] = []
    for kind in KINDS:
        if measured.rounds.get(kind.name):
            verdict = verdicts.get(kind.name)
            now = quantity(measured.middle(kind.name), kind.unit)
            tone = _TONES.get(verdict.finding, "plain") if verdict else "plain"
            svg = trend(kind, facts.load, facts.earlier, facts.operation, verdict)
            found.append(LoadPlot(kind, svg, now, verdict, tone))
    return found


def _sections(facts: ReportFacts) -> dict[str, list[Plot]]:
    """The figures under their headings; a panel without series has none."""
    sections: dict[str, list[Plot]] = {}
    spent = (facts.load.began, facts.load.ended) if facts.load else None
    for panel in PANELS:
        drawn = lines(panel, facts.panel(panel.id))
        if drawn:
            svg = figure(panel, drawn, facts.start, facts.end, facts.step_seconds, spent)
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
