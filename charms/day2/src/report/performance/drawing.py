# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every drawing of a page shares: the library, the palette, and how an SVG is embedded.

Matplotlib draws; its colours are names of the page's style sheet, so that one drawing serves
light, dark and paper.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from typing import Any


@dataclasses.dataclass(frozen=True)
class Colours:
    """Matplotlib wants numbers: each stands for a variable of the page's style sheet."""

    lines: tuple[str, ...] = tuple(f"#0a0{index:03d}" for index in range(8))
    faint: str = "#0b0000"
    grid: str = "#0b0001"
    limit: str = "#0b0002"
    card: str = "#0b0003"
    muted: str = "#0b0004"

    def variables(self) -> dict[str, str]:
        """The style sheet's variable of each number."""
        named = ("faint", "grid", "limit", "card", "muted")
        lines = {number: f"var(--line-{index})" for index, number in enumerate(self.lines)}
        return lines | {getattr(self, name): f"var(--{name})" for name in named}


COLOURS = Colours()


def matplotlib() -> Any:
    """The library, loaded when a figure is drawn: that takes a second, which no hook should."""
    for name in ("dates", "figure", "ticker"):
        importlib.import_module(f"matplotlib.{name}")
    return importlib.import_module("matplotlib")


def tick(value: float, _: int) -> str:
    """A figure at the axis."""
    return f"{value:,.10g}"


def bare(axes: Any, unit: str, *, whole: bool = False) -> None:
    """Axes that say what they must and nothing else: a few figures upwards, the unit as title."""
    ticker = matplotlib().ticker
    axes.yaxis.set_major_locator(ticker.MaxNLocator(4, min_n_ticks=2, integer=whole))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(tick))
    axes.grid(axis="y", color=COLOURS.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(COLOURS.grid)
    axes.tick_params(axis="both", length=0, labelsize=9, labelcolor=COLOURS.muted, pad=5)
    axes.set_title(unit, loc="left", fontsize=9, color=COLOURS.muted, pad=8)


def embed(svg: str) -> str:
    """The `<svg>` element alone, with the page's colours and font, hidden from screen readers.

    The figure's caption and its table say in words what the drawing shows.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*pt"', r"\1", svg)
    svg = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*pt"', r"\1", svg)
    svg = re.sub(r" ?font-family: [^;]*;", "", svg)
    # Two figures of one page must not share an id; only what is referred to keeps one.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    for number, variable in COLOURS.variables().items():
        svg = svg.replace(number, variable)
    svg = re.sub(r"\s+", " ", svg.replace(' version="1.1"', "")).replace("> <", "><")
    return svg.replace("<svg ", '<svg role="presentation" aria-hidden="true" ', 1)
