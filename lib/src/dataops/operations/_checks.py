# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The verb `health-check` of every charm, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dataops.operations._shapes import NoParams, Result, explain, result_key
from dataops.operations._verbs import Context, ObservedT, Verb, WorkloadT


class Check(Result):
    """One thing that was looked at.

    Attributes:
        name: what was looked at, in Juju's spelling ("broker-process").
        ok: whether it is as it should be.
        detail: what was seen, with its figures and units.
        next_move: what the operator does about it; empty when all is well.
    """

    name: str
    ok: bool
    detail: str = ""
    next_move: str = ""

    @property
    def advice(self) -> str:
        """What was seen, and what the operator does about it."""
        seen = self.detail.rstrip(".")
        return f"{seen}. Next: {self.next_move}" if self.next_move else seen

    def __str__(self) -> str:
        """One line for people."""
        return f"ok: {self.detail}" if self.ok else f"FAILED: {self.advice}"


class HealthCheck(Result):
    """The answer of every charm's verb `health-check`."""

    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that are not as they should be."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def healthy(self) -> bool:
        """Whether every check is as it should be."""
        return not self.failed

    def action_results(self) -> dict[str, Any]:
        """One line per check, under its name."""
        lines = {result_key(check.name): str(check) for check in self.checks}
        return {"healthy": str(self.healthy).lower(), "checks": lines}


def checking(
    description: str,
    checks: Callable[[Context[ObservedT, WorkloadT, NoParams]], Iterable[Check]],
) -> Verb[ObservedT, WorkloadT, NoParams, HealthCheck]:
    """The verb `health-check` of a charm, by what it looks at."""
    return Verb(
        name="health-check",
        description=description,
        run=lambda context: HealthCheck(checks=tuple(checks(context))),
        params=NoParams,
        result=HealthCheck,
    )


def probe(name: str, look: Callable[[], str], next_move: str) -> Check:
    """The check `name`: well with the detail that `look` returns, failed with what it raises.

    Args:
        name: the check's name, in Juju's spelling.
        look: looks, and returns what it saw; raises when that is not as it should be.
        next_move: what the operator does when it failed.
    """
    try:
        return Check(name=name, ok=True, detail=look())
    except Exception as error:  # A check that cannot look has found something, whatever it is.
        return Check(name=name, ok=False, detail=explain(error), next_move=next_move)
