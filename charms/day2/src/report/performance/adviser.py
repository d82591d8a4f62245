# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What to change, where the measured values support it. Pure.

Each rule is a function of the facts that gives its advice or nothing. A rule states its evidence
with the figure, names the setting, and stays silent when a series is missing.
"""

from __future__ import annotations

from report.performance.advice import Advice
from report.performance.cluster_rules import CLUSTER_RULES
from report.performance.facts import ReportFacts
from report.performance.load_rules import LOAD_RULES
from report.performance.metric_rules import METRIC_RULES


def advise(facts: ReportFacts) -> tuple[Advice, ...]:
    """All advice that the facts support, the grave ones first."""
    found = [
        advice for rule in (*CLUSTER_RULES, *LOAD_RULES, *METRIC_RULES) for advice in rule(facts)
    ]
    return tuple(sorted(found, key=lambda advice: not advice.grave))
