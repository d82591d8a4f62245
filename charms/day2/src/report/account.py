# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An account of one operation from the journal: who was asked, what each answered. Pure."""

from __future__ import annotations

import dataclasses
from typing import Any

from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Check, HealthCheck
from history import Operation
from report.html import render
from report.performance.facts import canonical

SCHEMA = "dataops-operation/1"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one unit or application answered; `checks` when it was a health check."""

    name: str
    outcome: Outcome
    checks: tuple[Check, ...]

    @property
    def well(self) -> bool:
        """Whether it completed and no check failed."""
        return self.outcome.status is Status.COMPLETED and all(c.ok for c in self.checks)


def account(operation: Operation, model: str) -> tuple[bytes, bytes]:
    """The page and the canonical JSON; the same operation gives the same bytes."""
    answers = [
        Answer(name, outcome, HealthCheck.model_validate(outcome.results).checks)
        for name, outcome in operation.answers.items()
    ]
    html = render(
        "operation.html.j2",
        {},
        operation=operation,
        model=model,
        answers=answers,
        well=operation.ending is Status.COMPLETED,
    )
    return html, canonical(_content(operation, model))


def _content(operation: Operation, model: str) -> dict[str, Any]:
    """The operation as JSON values."""
    return {
        "schema": SCHEMA,
        "model": model,
        "operation": operation.number,
        "plan": operation.plan.model_dump(mode="json", by_alias=True, exclude_none=True),
        "params": operation.params,
        "requested": operation.requested.isoformat(),
        "requested-by": operation.requested_by,
        "finished": operation.finished.isoformat() if operation.finished else None,
        "status": operation.ending.value if operation.ending else "running",
        "message": operation.message,
        "next-moves": list(operation.reasons),
        "steps": [
            {
                "name": step.step.name,
                "verb": step.step.verb,
                "began": step.began.isoformat(),
                "deadline": step.deadline.isoformat(),
                "passed-over": list(step.passed_over),
                "answers": {
                    name: outcome.model_dump(mode="json", exclude_none=True)
                    for name, outcome in step.answers.items()
                },
            }
            for step in operation.steps
        ],
    }
