# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Plots as SVG text for the page: no font, script or picture from anywhere. Pure."""

from __future__ import annotations

import datetime
import io
from typing import Any

from report.performance.drawing import COLOURS, bare, embed, matplotlib
from report.performance.lines import Line
from report.performance.panels import Panel
from report.units import quantity, scale

_WIDTH, _HEIGHT = 6.4, 2.35
# Nobody has half a partition.
_WHOLE = {"partitions", "records", "rows"}
_FEW = 3


def figure(
    panel: Panel,
    lines: tuple[Line, ...],
    start: datetime.datetime,
    end: datetime.datetime,
    step_seconds: float,
    load: tuple[datetime.datetime, datetime.datetime] | None = None,
) -> str:
    """The panel's plot as an `<svg>` element that fills its container.

    Args:
        panel: what is plotted.
        lines: at least one.
        start: the beginning of the time axis (UTC).
        end: its end (UTC).
        step_seconds: points further apart than a few of these are not joined.
        load: when the fixed load ran; tinted, because it is not the customers'.
    """
    library = matplotlib()
    # The salt makes the ids of two figures on one page differ, and those of two runs not.
    settings = {"svg.fonttype": "none", "svg.hashsalt": panel.id, "font.size": 10}
    with library.rc_context(settings):
        canvas = library.figure.Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        axes = canvas.add_subplot()
        largest = max((line.series.peak[1] for line in lines), default=0.0)
        factor, unit = scale(panel.unit, largest)
        for line in lines:
            _draw(axes, line, factor, step_seconds, alone=len(lines) == 1)
        _mark_peak(axes, panel, lines, factor, start, end)
        _limit(axes, panel, factor)
        _absence(axes, lines, start, end)
        if load:
            axes.axvspan(*load, color=COLOURS.lines[0], alpha=0.09, linewidth=0, zorder=0)
        _frame(axes, unit, largest / factor, start, end)
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return embed(out.getvalue())


def _draw(axes: Any, line: Line, factor: float, step_seconds: float, *, alone: bool) -> None:
    """One line, broken where samples are missing; with an area when it is the only one."""
    colour = COLOURS.lines[line.colour]
    times, values = _with_gaps(line, factor, step_seconds)
    # Few samples make no line: the points themselves have to show.
    marker = "o" if len(line.series.points) <= _FEW else None
    axes.plot(
        times,
        values,
        color=colour,
        linewidth=1.8,
        marker=marker,
        markersize=4,
        solid_capstyle="round",
        solid_joinstyle="round",
        zorder=3,
    )
    if alone:
        axes.fill_between(times, values, color=colour, alpha=0.12, linewidth=0, zorder=2)


def _with_gaps(
    line: Line, factor: float, step_seconds: float
) -> tuple[list[datetime.datetime], list[float]]:
    """Times and values; NaN where samples are missing, so that nothing is drawn across."""
    times: list[datetime.datetime] = []
    values: list[float] = []
    last: float | None = None
    for at, value in line.series.points:
        if last is not None and at - last > 2.5 * step_seconds:
            times.append(_time((at + last) / 2))
            values.append(float("nan"))
        times.append(_time(at))
        values.append(value / factor)
        last = at
    return times, values


def _mark_peak(
    axes: Any,
    panel: Panel,
    lines: tuple[Line, ...],
    factor: float,
    start: datetime.datetime,
    end: datetime.datetime,
) -> None:
    """A ring on the highest point, with its figure."""
    highest = max(lines, key=lambda line: line.series.peak[1])
    at, value = highest.series.peak
    if value <= 0:
        return
    place = (at - start.timestamp()) / (end - start).total_seconds()
    colour = COLOURS.lines[highest.colour]
    axes.plot(
        [_time(at)],
        [value / factor],
        color=colour,
        marker="o",
        markersize=5.5,
        markerfacecolor=COLOURS.card,
        markeredgecolor=colour,
        markeredgewidth=1.8,
        zorder=5,
        clip_on=False,
    )
    axes.annotate(
        quantity(value, panel.unit),
        (_time(at), value / factor),
        xytext=(0, 7),
        textcoords="offset points",
        ha="left" if place < 0.08 else "right" if place > 0.92 else "center",
        color=COLOURS.muted,
        fontsize=9,
        zorder=6,
        annotation_clip=False,
    )


def _limit(axes: Any, panel: Panel, factor: float) -> None:
    """A dashed line above which somebody should look."""
    if panel.limit:
        axes.axhline(panel.limit / factor, color=COLOURS.limit, linewidth=1, linestyle=(0, (4, 3)))


def _absence(
    axes: Any, lines: tuple[Line, ...], start: datetime.datetime, end: datetime.datetime
) -> None:
    """A tint over the time before the first sample, so that absence does not look like rest."""
    first = min(line.series.points[0][0] for line in lines if line.series.points)
    if first - start.timestamp() > 0.06 * (end - start).total_seconds():
        axes.axvspan(start, _time(first), color=COLOURS.faint, linewidth=0, zorder=0)
        middle = _time((first + start.timestamp()) / 2)
        axes.text(
            middle,
            0.5,
            "no samples",
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="center",
            fontsize=9,
            color=COLOURS.muted,
        )


def _frame(
    axes: Any, unit: str, largest: float, start: datetime.datetime, end: datetime.datetime
) -> None:
    """The time from left to right, a few figures upwards."""
    dates = matplotlib().dates
    axes.set_xlim(start, end)
    axes.set_ylim(0, largest * 1.18 if largest > 0 else 1)
    locator = dates.AutoDateLocator(minticks=4, maxticks=8, tz=datetime.timezone.utc)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(_clock(end - start))
    bare(axes, unit, whole=unit in _WHOLE)


def _clock(span: datetime.timedelta) -> Any:
    """How the time axis is labelled: seconds, minutes or days, as the span needs it."""
    shape = "%H:%M:%S" if span <= datetime.timedelta(minutes=5) else "%H:%M"
    shape = "%d %b %H:%M" if span > datetime.timedelta(days=1) else shape
    return matplotlib().dates.DateFormatter(shape, tz=datetime.timezone.utc)


def _time(at: float) -> datetime.datetime:
    """A Unix time in UTC."""
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
