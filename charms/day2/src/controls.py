# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a person may do with an operation that is there: call it off, let it go on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stages
from dataops.interfaces.operations import Status
from dataops.operations import OperationError
from history import current, operations
from journal import Kind
from observed import Observed
from operation import Operation, Section
from seam import Note


def find(observed: Observed, number: int) -> Operation:
    """The operation of that number; the newest for 0.

    Raises:
        OperationError: there is none.
    """
    found = {operation.number: operation for operation in operations(observed.journal)}
    if not found:
        raise OperationError(
            "No operation has been run yet. Begin: juju run day2/leader health-check"
        )
    number = number or max(found)
    if number not in found:
        listed = f"juju run {observed.application}/leader list-operations"
        raise OperationError(f"There is no operation {number} in the journal. See {listed}")
    return found[number]


def cancel(observed: Observed, number: int) -> Note:
    """The record that calls an operation off.

    Args:
        observed: the facts.
        number: the operation's; 0 is the one that runs, or else the newest.

    Raises:
        OperationError: it has ended, or only puts things back.
    """
    operation = _at_work(observed, number)
    if operation.ending is not None:
        raise OperationError(f"{operation.title} has ended: {operation.message}")
    if operation.cancelled:
        raise OperationError(
            f"{operation.title} is called off already. {_follow(observed, operation)}"
        )
    if stages.section_now(operation) not in (Section.GUARDS, Section.STEPS):
        raise OperationError(
            f"{operation.title} has done its steps and only puts things back. "
            f"{_follow(observed, operation)}"
        )
    return Note(Kind.CANCELLED, operation.number, {"by": _by(observed)})


def approve(observed: Observed, number: int, step: str = "") -> Note:
    """The record that lets a waiting step begin.

    Args:
        observed: the facts.
        number: the operation's; 0 is the one that runs, or else the newest.
        step: its name; empty for the only one that waits.

    Raises:
        OperationError: no such step waits.
    """
    operation = _at_work(observed, number)
    waiting = stages.awaiting(operation)
    if not waiting:
        state = operation.message or stages.progress(operation)
        raise OperationError(f"No step of {operation.title} waits for approval: {state}")
    if step and step not in waiting:
        raise OperationError(f"The step {step} does not wait; these do: {', '.join(waiting)}")
    if not step and len(waiting) > 1:
        raise OperationError(f"Say which step=: {', '.join(waiting)}")
    body = {"step": step or next(iter(waiting)), "by": _by(observed)}
    return Note(Kind.APPROVED, operation.number, body)


def resume(observed: Observed, number: int, params: Mapping[str, Any]) -> Note:
    """The record that has an operation go on which did not end well.

    Raises:
        OperationError: it runs, or ended well.
    """
    operation = find(observed, number)
    if operation.ending is None:
        raise OperationError(f"{operation.title} has not ended. {_follow(observed, operation)}")
    if operation.ending is Status.COMPLETED:
        raise OperationError(f"{operation.title} has done everything: {operation.message}")
    return Note(Kind.RESUMED, operation.number, {"by": _by(observed), "params": dict(params)})


def _at_work(observed: Observed, number: int) -> Operation:
    """The operation of that number; for 0 the one that runs: others may wait behind it."""
    running = current(observed.journal)
    return running if running is not None and not number else find(observed, number)


def _by(observed: Observed) -> str:
    """Who it was, as far as Juju tells a charm."""
    return f"action on {observed.unit}"


def _follow(observed: Observed, operation: Operation) -> str:
    """How to follow it."""
    return (
        f"Follow it: juju run {observed.application}/leader show-operation id={operation.number}"
    )
