# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A model whose applications answer day2 as a test wants: for the executor and the history."""

import dataclasses
import datetime

from dataops.interfaces.operations import (
    CatalogueEntry,
    Outcome,
    Participant,
    Status,
    Task,
)
from dataops.operations import Check, HealthCheck, Scope
from executor import Ask, Facts, Note, RunHere, advance, answered
from journal import Journal, Kind, append
from plan import Plan

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
WELL = HealthCheck(checks=(Check(name="process", ok=True, detail="runs"),))
SICK = HealthCheck(checks=(Check(name="disk", ok=False, detail="full", next_move="Add one."),))


def results(result: HealthCheck) -> dict:
    return result.model_dump(mode="json", by_alias=True)


def plan(*steps: dict, name: str = "tour") -> Plan:
    """A plan of these steps; a step needs no name."""
    named = [{"name": f"step{i}", "verb": "look", **step} for i, step in enumerate(steps, start=1)]
    return Plan.model_validate({"name": name, "description": "For a test.", "steps": named})


@dataclasses.dataclass
class World:
    """Applications with their units, databags and clock; drives the executor as the charm does."""

    units: dict[str, list[str]]
    scopes: dict[str, Scope] = dataclasses.field(default_factory=dict)
    verbs: tuple[str, ...] = ("look",)
    now: datetime.datetime = NOON
    journal: Journal = ()
    tasks: dict[str, Task | None] = dataclasses.field(default_factory=dict)
    outcomes: dict[str, Outcome] = dataclasses.field(default_factory=dict)
    runs: list[str] = dataclasses.field(default_factory=list)

    def facts(self) -> Facts:
        return Facts(
            now=self.now,
            unit="day2/0",
            verbs=self.verbs,
            participants=tuple(self._participant(name) for name in sorted(self.units)),
        )

    def _participant(self, name: str) -> Participant:
        scope = self.scopes.get(name, Scope.UNIT)
        offered = () if scope is Scope.UNKNOWN else (CatalogueEntry(name="look", scope=scope),)
        mine = {name, *self.units[name]}
        return Participant(
            application=name,
            catalogue=offered,
            units=tuple(self.units[name]),
            outcomes={who: told for who, told in self.outcomes.items() if who in mine},
        )

    def request(self, chosen: Plan, **params: str) -> int:
        number = max((record.operation for record in self.journal), default=0) + 1
        body = {"plan": chosen.model_dump(mode="json", by_alias=True, exclude_none=True)}
        self.note(Note(Kind.REQUESTED, number, {**body, "params": params}))
        return number

    def note(self, note: Note) -> None:
        self.journal = append(self.journal, self.now, note.kind, note.operation, note.body)

    def drive(self, own: HealthCheck = WELL, until: int = 1000) -> None:
        """Apply what the executor asks for, at most `until` requests of it."""
        for _ in range(until):
            requests = advance(self.journal, self.facts())
            first = requests[0] if requests else None
            if isinstance(first, Note):
                self.note(first)
            elif isinstance(first, RunHere):
                self.runs.append(first.task.id)
                done = Outcome(task=first.task.id, status=Status.COMPLETED, results=results(own))
                self.note(answered(first.task.operation, "day2", done))
            else:
                self.tasks = {r.application: r.task for r in requests if isinstance(r, Ask)}
                return

    def may_run(self, name: str) -> list[str]:
        """Who of an application has a task and has not answered it."""
        task = self.tasks.get(name)
        if task is None:
            return []
        asked = [name] if task.units is None else [*task.units]
        return [w for w in asked if self.outcomes.get(w, Outcome()).task != task.id]

    def answer(self, who: str, result: HealthCheck = WELL, failure: str = "") -> None:
        """One of those asked answers its task."""
        name = who.partition("/")[0]
        assert who in self.may_run(name), f"{who} is not asked"
        self.outcomes[who] = Outcome(
            task=self.tasks[name].id,
            status=Status.FAILED if failure else Status.COMPLETED,
            results={} if failure else results(result),
            message=failure,
        )
