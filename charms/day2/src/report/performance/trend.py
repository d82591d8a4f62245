# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One figure of the fixed load over the reports, drawn: rounds, medians, the band. Pure."""

from __future__ import annotations

import io
import statistics
from collections.abc import Sequence
from typing import Any

from report.performance.drawing import COLOURS, bare, embed, matplotlib
from report.performance.load import Kind, Load, Measured
from report.performance.noise import Verdict
from report.units import scale

# So many reports can be told apart on a phone.
_MOST = 8
_WIDTH, _HEIGHT = 4.2, 2.1


def trend(
    kind: Kind,
    load: Load,
    earlier: Sequence[Measured],
    operation: int,
    verdict: Verdict | None,
) -> str:
    """The drawing: each report a column of its rounds with their median, the band shaded.

    Args:
        kind: which figure.
        load: of this report, drawn last and in colour.
        earlier: what earlier reports measured, oldest first; those of another load are left out.
        operation: this report's number.
        verdict: against the newest of the earlier ones.
    """
    same = [each for each in earlier if each.load == load.spec.id and each.rounds.get(kind.name)]
    columns = [(each.operation, each.rounds[kind.name]) for each in same[-_MOST + 1 :]]
    columns.append((operation, load.rounds[kind.name]))
    library = matplotlib()
    settings = {"svg.fonttype": "none", "svg.hashsalt": f"load-{kind.name}", "font.size": 10}
    with library.rc_context(settings):
        canvas = library.figure.Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        axes = canvas.add_subplot()
        factor, unit = scale(kind.unit, max(max(rounds) for _, rounds in columns))
        if verdict is not None:
            _band(axes, verdict, factor)
        for place, (_, rounds) in enumerate(columns):
            _column(axes, place, [r / factor for r in rounds], last=place == len(columns) - 1)
        _frame(axes, columns, factor, unit)
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return embed(out.getvalue())


def _band(axes: Any, verdict: Verdict, factor: float) -> None:
    """Where the median may lie without meaning anything."""
    middle, half = verdict.then / factor, verdict.band * verdict.then / factor
    axes.axhspan(middle - half, middle + half, color=COLOURS.faint, linewidth=0, zorder=0)
    axes.axhline(middle, color=COLOURS.muted, linewidth=0.8, linestyle=(0, (3, 3)), zorder=1)


def _column(axes: Any, place: int, rounds: list[float], *, last: bool) -> None:
    """The rounds of one report as points, their median as a stroke."""
    colour = COLOURS.lines[0] if last else COLOURS.muted
    spread = [place + 0.09 * (index % 3 - 1) for index in range(len(rounds))]
    axes.plot(spread, rounds, "o", color=colour, markersize=4, alpha=0.55, markeredgewidth=0)
    middle = statistics.median(rounds)
    axes.plot([place - 0.28, place + 0.28], [middle, middle], color=colour, linewidth=2.4)


def _frame(
    axes: Any, columns: list[tuple[int, tuple[float, ...]]], factor: float, unit: str
) -> None:
    """Axes from zero on, so that noise looks as small as it is."""
    highest = max(max(rounds) for _, rounds in columns) / factor
    axes.set_ylim(0, 1.15 * highest if highest else 1)
    axes.set_xlim(-0.75, max(len(columns), 4) - 0.25)
    axes.set_xticks(range(len(columns)), [f"#{number}" for number, _ in columns])
    bare(axes, unit)
