# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One piece of advice, and the shape of the rules that give it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from report.performance.facts import ReportFacts


@dataclasses.dataclass(frozen=True)
class Advice:
    """One thing to do.

    Attributes:
        grave: whether it threatens data or availability, rather than speed.
        finding: what is the matter.
        evidence: the measured value that says so.
        setting: what to change, or the command to run.
        why: what the change does, and what it costs.
        panel: the figure that shows it; empty when it comes from the admin API.
    """

    finding: str
    evidence: str
    setting: str
    why: str
    panel: str = ""
    grave: bool = False


Rule = Callable[[ReportFacts], Iterator[Advice]]
