# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the action that starts an operation answers. Pure."""

from __future__ import annotations

from typing import Any

from dataops.interfaces.operations import Status
from history import Operation, operations
from journal import Journal
from observed import Observed


def started(observed: Observed, journal: Journal, number: int) -> dict[str, Any]:
    """The operation's number, where it is or how it ended, and the command that tells more."""
    listed = operations(journal)
    operation = next(each for each in listed if each.number == number)
    leader = f"juju run {observed.application}/leader"
    results: dict[str, Any] = {
        "operation": str(number),
        "follow": f"{leader} show-operation id={number}",
    }
    if operation.ending is None:
        waiting = [each.title for each in listed if each.ending is None and each.number < number]
        results["status"] = f"waiting for {', '.join(waiting)}" if waiting else "running"
        results["progress"] = operation.progress
        return results
    return results | _ended(operation, leader)


def _ended(operation: Operation, leader: str) -> dict[str, Any]:
    """How it ended, and its report."""
    results: dict[str, Any] = {"status": (operation.ending or Status.UNKNOWN).value}
    results["message"] = operation.message
    if operation.reasons:
        results["next-moves"] = "\n".join(operation.reasons)
    answers = operation.answers.values()
    made = next((answer.results for answer in answers if answer.results.get("html")), None)
    if made is not None:
        results["report"] = made["html"]
        results["fetch"] = f"juju scp {made['unit']}:{made['html']} ."
        results["advice"] = "\n".join(made.get("advice", [])) or "none"
    else:
        results["report"] = f"{leader} get-report id={operation.number}"
    return results
