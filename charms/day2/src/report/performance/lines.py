# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From a panel's series to the few lines a person can tell apart, with their names. Pure."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence

from report.performance.panels import Panel
from series import Series

# As many colours as the palette has; the rest is summed up.
MOST_LINES = 7

_WORDS = {
    "kafka_network_request_requestqueuetimems": "waiting for a handler",
    "kafka_network_request_localtimems": "writing to the log",
    "kafka_network_request_remotetimems": "waiting for followers",
    "kafka_network_request_throttletimems": "throttled by a quota",
    "kafka_network_request_responsequeuetimems": "answer in the queue",
    "kafka_network_request_responsesendtimems": "sending the answer",
    "kafka_server_replicamanager_underreplicatedpartitions": "under-replicated",
    "kafka_server_replicamanager_underminisrpartitioncount": "under the minimum",
    "kafka_controller_kafkacontroller_offlinepartitionscount": "offline",
    "0.50": "p50 (half take less)",
    "0.95": "p95 (5% take longer)",
    "0.99": "p99 (1% take longer)",
}


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a plot: its name, its points, and which colour of the palette (0, 1, ...)."""

    name: str
    series: Series
    colour: int


def lines(panel: Panel, series: Sequence[Series]) -> tuple[Line, ...]:
    """The panel's lines: the largest by average, the others joined where a sum means something."""
    named = [(_name(panel, each), each) for each in series]
    named.sort(key=lambda pair: (-pair[1].mean, pair[0]))
    kept, rest = named[:MOST_LINES], named[MOST_LINES:]
    # A broker or topic keeps its colour from one figure and one report to the next.
    kept.sort(key=lambda pair: _natural(pair[0]))
    found = [Line(name, each, colour) for colour, (name, each) in enumerate(kept)]
    if rest and panel.total:
        joined = total([each for _, each in rest])
        found.append(Line(f"{len(rest)} others", joined, MOST_LINES))
    return tuple(found)


def total(series: Iterable[Series]) -> Series:
    """The sum of the series at every time at which one of them has a value."""
    sums: dict[float, list[float]] = collections.defaultdict(list)
    for each in series:
        for at, value in each.points:
            sums[at].append(value)
    return Series(points=tuple((at, math.fsum(sums[at])) for at in sorted(sums)))


def _name(panel: Panel, series: Series) -> str:
    """What the line is called."""
    value = series.label(panel.label)
    return _WORDS.get(value, value) or "other"


def _natural(name: str) -> tuple[int, str, int]:
    """A key by which `kafka/10` comes after `kafka/2`, and words in the order of their list."""
    if name in _WORDS.values():
        return list(_WORDS.values()).index(name), "", 0
    stem, _, number = name.rpartition("/")
    return (0, stem, int(number)) if stem and number.isdigit() else (0, name, 0)
