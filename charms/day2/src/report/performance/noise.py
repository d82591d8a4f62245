# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether two measurements differ, or only rounds of one and the same thing. Pure.

The band of noise comes from the rounds themselves: twice the span of those rounds that are
neither the best nor the worst of their report, the wider span of the two reports. For seven rounds
that is about three standard deviations, and one disturbed round does not widen it. What nobody
would notice counts as noise however steady the rounds are. Each round also times one and the same
computation: by as much as the machine of the load has become slower or faster, the band is wider.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import pydantic

from report.performance.load import FEWEST_ROUNDS, KINDS, Kind, Load, Measured
from report.units import quantity

# Of the earlier value.
_UNNOTICED = 0.02
_WORTH_SAYING = 0.1
# A band as wide as this says more of the machine than of the cluster.
_BLIND = 0.5

Finding = Literal["no difference", "better", "worse", "too few rounds"]


class Verdict(pydantic.BaseModel):
    """One figure against that of an earlier report.

    Attributes:
        name, title, unit: which.
        now, then: medians of the rounds.
        change: from then to now, as a share of then.
        band: changes up to this share of then are noise.
        finding: no difference within the band; else better or worse.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    name: str
    title: str
    unit: str
    now: float
    then: float
    change: float
    band: float
    finding: Finding

    @property
    def figures(self) -> str:
        """The change beside the band."""
        return f"{100 * self.change:+.0f}%, noise ±{100 * self.band:.0f}%"

    def __str__(self) -> str:
        """In a sentence."""
        figures = f"{self.title}: {quantity(self.now, self.unit)}"
        before = f"{quantity(self.then, self.unit)} before"
        if self.finding == "too few rounds":
            return f"{figures}, {before}; too few rounds to tell noise from change."
        return f"{figures}, {before}: {self.finding} ({self.figures})."


class Comparison(pydantic.BaseModel):
    """This report against an earlier one of the same load.

    Attributes:
        operation, at: the earlier report.
        verdicts: one for each figure.
        caution: what else changed in between.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    earlier: Measured
    verdicts: tuple[Verdict, ...]
    caution: str = ""

    @property
    def changed(self) -> tuple[Verdict, ...]:
        """The figures outside their band."""
        return tuple(v for v in self.verdicts if v.finding in ("better", "worse"))

    def __str__(self) -> str:
        """In a sentence or two."""
        report = f"report #{self.earlier.operation}"
        if any(verdict.finding == "too few rounds" for verdict in self.verdicts):
            return f"Too few rounds to compare with {report}."
        if not self.changed:
            widest = max((verdict.band for verdict in self.verdicts), default=0.0)
            wide = ", too wide to tell much" if widest > _BLIND else ""
            return (
                f"Under the fixed load there is no difference from {report}, within a noise "
                f"band of at most ±{100 * widest:.0f}%{wide}."
            )
        told = "; ".join(f"{v.title.lower()} is {v.finding} ({v.figures})" for v in self.changed)
        return f"Under the fixed load, against {report}: {told}; the rest shows no difference."


def compare(load: Load, earlier: Sequence[Measured]) -> Comparison | None:
    """Against the newest earlier measurement of the same load; None when there is none."""
    same = [each for each in earlier if each.load == load.spec.id]
    if not same:
        return None
    then = same[-1]
    kinds = [kind for kind in KINDS if load.rounds.get(kind.name) and then.rounds.get(kind.name)]
    now = load.measured()
    drift = machine_drift(now, then)
    verdicts = tuple(
        _verdict(kind, now.rounds[kind.name], then.rounds[kind.name], drift) for kind in kinds
    )
    cautions = (*_cautions(now, then, drift), *_blind(verdicts))
    return Comparison(earlier=then, verdicts=verdicts, caution=" ".join(cautions))


def machine_drift(now: Measured, then: Measured) -> float:
    """By which share the same computation took longer or shorter than then; 0 when unknown."""
    if not now.pace or not then.pace:
        return 0.0
    return abs(statistics.median(now.pace) / statistics.median(then.pace) - 1)


def _cautions(now: Measured, then: Measured, drift: float) -> Iterator[str]:
    """What else changed in between."""
    if then.brokers != now.brokers:
        yield f"There were {then.brokers} brokers then and there are {now.brokers} now."
    if drift > _WORTH_SAYING:
        yield (
            f"The machine of the load is not as busy as it was: the same computation "
            f"took {quantity(statistics.median(then.pace), 'ms')} then and "
            f"{quantity(statistics.median(now.pace), 'ms')} now, which widens the band."
        )


def _blind(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """That so wide a band hides what anybody would notice."""
    wide = [each for each in verdicts if each.band > _BLIND and each.finding == "no difference"]
    if wide:
        yield (
            f"The rounds differ so much that a change of {100 * _BLIND:.0f}% would not show in "
            f"{'; '.join(each.title.lower() for each in wide)}. Repeat it while the machines are "
            "less busy."
        )


def span_of(rounds: Sequence[float]) -> float:
    """How far apart the rounds lie, the best and the worst left out."""
    inner = sorted(rounds)[1:-1]
    return inner[-1] - inner[0] if inner else 0.0


def band(now: Sequence[float], then: Sequence[float]) -> float:
    """Up to this difference of their medians, two series of rounds do not differ."""
    return max(2 * span_of(now), 2 * span_of(then), _UNNOTICED * statistics.median(then))


def _verdict(kind: Kind, now: Sequence[float], then: Sequence[float], drift: float) -> Verdict:
    """One figure."""
    middle, before = statistics.median(now), statistics.median(then)
    width, difference = band(now, then) + drift * before, middle - before
    return Verdict(
        name=kind.name,
        title=kind.title,
        unit=kind.unit,
        now=middle,
        then=before,
        change=difference / before if before else 0.0,
        band=width / before if before else 0.0,
        finding=_finding(kind, difference, width, min(len(now), len(then))),
    )


def _finding(kind: Kind, difference: float, width: float, rounds: int) -> Finding:
    """What the difference means."""
    if rounds < FEWEST_ROUNDS:
        return "too few rounds"
    if abs(difference) <= width:
        return "no difference"
    return "better" if (difference > 0) == (kind.better == "higher") else "worse"
