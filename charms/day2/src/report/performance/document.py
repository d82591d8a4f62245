# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a performance report adds to the document and to the page."""

from __future__ import annotations

import dataclasses

import pydantic

from report.performance.advice import Advice
from report.performance.facts import ReportFacts
from report.performance.noise import Comparison


class Performance(pydantic.BaseModel):
    """What was measured, and what follows from it.

    Attributes:
        facts: all that was measured; None when it cannot be read, for `gap`.
        summary: in a few sentences.
        comparison: the fixed load against that of an earlier report.
        advice: what to change.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    facts: ReportFacts | None = None
    gap: str = ""
    summary: str = ""
    comparison: Comparison | None = None
    advice: tuple[Advice, ...] = ()


@dataclasses.dataclass(frozen=True)
class Section:
    """The part of the document and the part of the page, which its job has drawn."""

    performance: Performance
    html: str = ""

    @classmethod
    def missing(cls, gap: str) -> Section:
        """A part that says why it is not there."""
        return cls(Performance(gap=gap))
