# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the journal tells of a snapshot while it is made: who answered what. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pydantic

import stages
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import HealthCheck
from operation import Operation

COLLECT, CHECK = "collect", "check"


class Ill(pydantic.BaseModel):
    """A health check that failed, or could not be made."""

    unit: str
    name: str
    detail: str = ""
    next_move: str = ""


class Absent(pydantic.BaseModel):
    """A unit whose part is not in the archive.

    Attributes:
        unit: its name.
        reason: why.
        fetch: the command that brings its part, where that lies on the unit.
    """

    unit: str
    reason: str
    fetch: str = ""


class Past(pydantic.BaseModel):
    """One operation, as the page lists it."""

    title: str
    requested: str
    state: str
    message: str = ""


def ills(operation: Operation) -> tuple[Ill, ...]:
    """Every failed check, and everyone who could not be asked."""
    state = operation.last(CHECK)
    answers = state.answers if state else {}
    found: list[Ill] = []
    for name, outcome in answers.items():
        if outcome.status is not Status.COMPLETED:
            found.append(Ill(unit=name, name="health-check", detail=outcome.message))
            continue
        for check in HealthCheck.model_validate(outcome.results).failed:
            fields = {"name": check.name, "detail": check.detail, "next_move": check.next_move}
            found.append(Ill(unit=name, **fields))
    return tuple(found)


def absences(operation: Operation) -> tuple[Absent, ...]:
    """Every unit whose part was not uploaded, and every application that has none to give."""
    state = operation.last(COLLECT)
    if state is None:
        return ()
    found = [_absent(name, state.answers.get(name)) for name in state.expected]
    silent = [
        Absent(unit=name, reason="it does not offer the verb snapshot")
        for name in state.passed_over
    ]
    return (*(each for each in found if each), *silent)


def past(operations: Sequence[Operation], most: int = 10) -> tuple[Past, ...]:
    """The last operations, newest first."""
    return tuple(
        Past(
            title=each.title,
            requested=f"{each.requested:%Y-%m-%d %H:%M:%S}",
            state=stages.state(each),
            message=each.message,
        )
        for each in list(reversed(operations))[:most]
    )


def _absent(name: str, outcome: Outcome | None) -> Absent | None:
    """Why a unit's part is not here; None when it is."""
    if outcome is None:
        return Absent(unit=name, reason="it has not answered")
    if outcome.status is not Status.COMPLETED:
        return Absent(unit=name, reason=outcome.message)
    if outcome.results.get("uploaded"):
        return None
    return Absent(
        unit=name,
        reason=str(outcome.results.get("reason", "it was not uploaded")),
        fetch=str(outcome.results.get("fetch", "")),
    )
