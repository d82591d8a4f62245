# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an action answers that began an operation, or changed what becomes of one. Pure."""

from __future__ import annotations

from typing import Any

import stages
from history import operations
from journal import Journal
from observed import Observed
from operation import Operation


def started(observed: Observed, journal: Journal, number: int) -> dict[str, Any]:
    """The operation's number, where it is or how it ended, and the command that tells more."""
    listed = operations(journal)
    operation = next(each for each in listed if each.number == number)
    leader = f"juju run {observed.application}/leader"
    results: dict[str, Any] = {
        "operation": str(number),
        "follow": f"{leader} show-operation id={number}",
    }
    if operation.ending is not None:
        return results | _ended(operation, leader)
    ahead = [o for o in listed if o.ending is None and o.queued < operation.queued]
    waiting = ", ".join(each.title for each in ahead)
    results["status"] = f"waiting for {waiting}" if ahead else stages.state(operation)
    results["progress"] = stages.progress(operation)
    for step in stages.awaiting(operation):
        results["approve"] = f"{leader} approve-operation id={number} step={step}"
    return results


def _ended(operation: Operation, leader: str) -> dict[str, Any]:
    """How it ended, and its report."""
    results: dict[str, Any] = {"status": stages.state(operation), "message": operation.message}
    if operation.reasons:
        results["next-moves"] = "\n".join(operation.reasons)
        results["resume"] = f"{leader} resume-operation id={operation.number}"
    results["report"] = f"{leader} get-report id={operation.number}"
    if operation.report is not None:
        results["fetch"] = f"juju scp {operation.report['unit']}:{operation.report['html']} ."
    return results
