# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether customers waited no longer than a verb had promised. Pure.

A plan's limits stop an operation. What a verb promises (`gap-limit-ms` in its result) is narrower,
and a promise that was not kept is told and stops nothing.
"""

from __future__ import annotations

import dataclasses

from dataops.evidence import Evidence
from operation import Operation
from report.units import quantity

_KEY = "gap-limit-ms"
# So much of the limit may the machine itself take before there is nothing to be said of others.
_SHARE = 0.5


@dataclasses.dataclass(frozen=True)
class Promise:
    """How long customers should have waited at most, and how long they did.

    Attributes:
        limit_ms: the longest wait that was promised.
        seen_ms: the longest time without acknowledgement while the steps ran.
        before_ms: while nothing was changed yet, the same, or what one record in a hundred took
            to be acknowledged, if that is longer.
        delayed_ms: the longest that the canary's own process was held up.
    """

    limit_ms: float
    seen_ms: float
    before_ms: float
    delayed_ms: float

    @property
    def kept(self) -> bool | None:
        """Whether it was; None where the machine is too busy to tell."""
        if self.seen_ms <= self.limit_ms:
            return True
        busy = max(self.before_ms, self.delayed_ms) > _SHARE * self.limit_ms
        return None if busy else False

    def __str__(self) -> str:
        """In one sentence."""
        told = (
            f"the longest gap was {quantity(self.seen_ms, 'ms')}, "
            f"promised were at most {quantity(self.limit_ms, 'ms')}"
        )
        if self.kept is not None:
            return f"{'kept' if self.kept else 'not kept'}: {told}"
        return (
            f"cannot be judged: {told}, but records took {quantity(self.before_ms, 'ms')} "
            f"before, and the canary's own process was held up for "
            f"{quantity(self.delayed_ms, 'ms')}"
        )


def promise(operation: Operation, evidence: Evidence | None) -> Promise | None:
    """What became of it; None where no verb promised anything, or nobody measured.

    Args:
        operation: with the answers of its verbs.
        evidence: what the canary saw.
    """
    limits = [
        float(answer.results[_KEY])
        for state in operation.steps
        for answer in state.answers.values()
        if isinstance(answer.results.get(_KEY), (int, float))
    ]
    if not limits or evidence is None or not evidence.during.sent:
        return None
    during = evidence.during
    return Promise(
        limit_ms=max(limits),
        seen_ms=during.longest_gap_ms,
        before_ms=max(evidence.before.longest_gap_ms, evidence.before.p99_ms or 0.0),
        delayed_ms=during.own_delay_ms,
    )
