# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Time series as Prometheus gives them: frozen, and the figures that one reads off them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pydantic


class Series(pydantic.BaseModel):
    """One line of a plot.

    Attributes:
        labels: as Prometheus has them.
        points: (Unix time in seconds, value); only finite values, in the order of time.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    labels: dict[str, str] = {}
    points: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, labels: dict[str, str], points: Sequence[Sequence[str | float]]) -> Series:
        """The series of Prometheus' own pairs (time, text); NaN and infinite values are gaps."""
        pairs = [(float(at), float(value)) for at, value in points]
        return cls(labels=labels, points=tuple(pair for pair in pairs if math.isfinite(pair[1])))

    def label(self, name: str) -> str:
        """A label's value, empty when it has none."""
        return self.labels.get(name, "")

    @property
    def values(self) -> tuple[float, ...]:
        """The values alone."""
        return tuple(value for _, value in self.points)

    @property
    def last(self) -> float:
        """The newest value; 0 of an empty series."""
        return self.points[-1][1] if self.points else 0.0

    @property
    def mean(self) -> float:
        """The average over time; 0 of an empty series."""
        return math.fsum(self.values) / len(self.points) if self.points else 0.0

    @property
    def peak(self) -> tuple[float, float]:
        """When it was highest, and how high; zeros of an empty series."""
        return max(self.points, key=lambda point: point[1], default=(0.0, 0.0))
