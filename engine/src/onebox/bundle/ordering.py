# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a bundle changes, each step after those that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One line of the plan and the daemon's method that does it; an empty method does nothing.

    `machine` is the machine that it makes, by the number that the plan gives it: other changes
    name it so, whatever number it gets.
    """

    line: str
    method: str = ""
    parameters: Json = field(default_factory=dict[str, Any])
    machine: str = ""


@dataclass(eq=False)
class Step:
    """A change to be, and the steps that come before it."""

    line: str
    method: str = ""
    parameters: Json = field(default_factory=dict[str, Any])
    needs: list[Step] = field(default_factory=list["Step"])
    machine: str = ""


def ordered(steps: list[Step]) -> list[Change]:
    """The changes in Juju's order: pass after pass, each step that has nothing to wait for."""
    found: list[Change] = []
    done: set[Step] = set()
    left = steps
    while left:
        waiting: list[Step] = []
        for step in left:
            if done.issuperset(step.needs):
                done.add(step)
                line = f"- {step.line}"
                found.append(Change(line, step.method, step.parameters, step.machine))
            else:
                waiting.append(step)
        assert len(waiting) < len(left), f"steps wait for each other: {waiting[0].line}"
        left = waiting
    return found
