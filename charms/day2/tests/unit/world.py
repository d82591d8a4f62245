# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A model whose applications answer day2 as a test wants: for the executor and the history."""

import dataclasses
import datetime
from collections.abc import Callable

from dataops.evidence import CanaryState, Evidence
from dataops.interfaces.operations import (
    CatalogueEntry,
    Outcome,
    Participant,
    Status,
    Task,
)
from dataops.operations import Check, HealthCheck, Scope
from executor import advance
from journal import Journal, Kind, append
from plan import Plan
from seam import Ask, Facts, Measure, Note, Wake, WriteReport

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
WELL = HealthCheck(checks=(Check(name="process", ok=True, detail="runs"),))
SICK = HealthCheck(checks=(Check(name="disk", ok=False, detail="full", next_move="Add one."),))


def results(result: HealthCheck) -> dict:
    return result.model_dump(mode="json", by_alias=True)


def plan(*steps: dict, name: str = "tour", **keys) -> Plan:
    """A plan of these steps; a step needs no name. An underscore of a key is a dash."""
    named = [{"name": f"step{i}", "verb": "look", **step} for i, step in enumerate(steps, start=1)]
    rest = {key.strip("_").replace("_", "-"): value for key, value in keys.items()}
    for section in ("rollback", "finally"):
        rest[section] = [{"verb": "look", **step} for step in rest.get(section, ())]
    written = {"name": name, "description": "For a test.", "steps": named, **rest}
    return Plan.model_validate(written)


@dataclasses.dataclass
class World:
    """Applications with their units, databags and clock; drives the executor as the charm does.

    Day2 itself offers `verbs`, and answers at once.
    """

    units: dict[str, list[str]]
    scopes: dict[str, Scope] = dataclasses.field(default_factory=dict)
    verbs: tuple[str, ...] = ("look",)
    roles: dict[str, str] = dataclasses.field(default_factory=dict)
    now: datetime.datetime = NOON
    journal: Journal = ()
    tasks: dict[str, Task | None] = dataclasses.field(default_factory=dict)
    outcomes: dict[str, Outcome] = dataclasses.field(default_factory=dict)
    asked: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    measure: Measure = dataclasses.field(default_factory=Measure)
    canary: CanaryState = dataclasses.field(default_factory=CanaryState)
    wake: datetime.datetime | None = None
    report: Callable[[int], dict] = lambda operation: {"unit": "day2/0", "html": "/r.html"}

    def facts(self) -> Facts:
        related = [self._participant(name, ("look",)) for name in sorted(self.units)]
        own = [self._participant("day2", self.verbs)] if self.verbs else []
        return Facts(
            now=self.now,
            unit="day2/0",
            participants=(*related, *own),
            canary=self.canary,
        )

    def _participant(self, name: str, verbs: tuple[str, ...]) -> Participant:
        scope = self.scopes.get(name, Scope.LEADER if name == "day2" else Scope.UNIT)
        offered = () if scope is Scope.UNKNOWN else verbs
        units = self.units.get(name, ["day2/0"])
        mine = {name, *units}
        return Participant(
            application=name,
            role=self.roles.get(name, ""),
            catalogue=tuple(CatalogueEntry(name=verb, scope=scope) for verb in offered),
            units=tuple(units),
            outcomes={who: told for who, told in self.outcomes.items() if who in mine},
        )

    def request(self, chosen: Plan, *guards: Plan, **params: object) -> int:
        number = max((record.operation for record in self.journal), default=0) + 1
        plans = [each.model_dump(mode="json", by_alias=True) for each in (chosen, *guards)]
        body = {"plan": plans[0], "guards": plans[1:], "params": params}
        self.note(Note(Kind.REQUESTED, number, body))
        return number

    def note(self, note: Note) -> None:
        self.journal = append(self.journal, self.now, note.kind, note.operation, note.body)

    def tell(self, kind: Kind, operation: int, **body: object) -> None:
        """What a person or the canary has caused."""
        self.note(Note(kind, operation, body))

    def drive(self, own: HealthCheck = WELL, until: int = 1000) -> None:
        """Apply what the executor asks for, at most `until` notes of it."""
        for _ in range(until):
            requests = advance(self.journal, self.facts())
            if isinstance(requests[0], Note):
                self.note(requests[0])
                continue
            for request in requests:
                self._carry_out(request)
            if not self.may_run("day2"):
                return
            self.answer(self.may_run("day2")[0], own)

    def _carry_out(self, request: object) -> None:
        match request:
            case Ask(application, task):
                self.tasks[application] = task
            case Measure():
                self.measure = request
            case Wake(at):
                self.wake = at
            case WriteReport(operation):
                self.note(Note(Kind.REPORTED, operation, self.report(operation)))
            case _:
                raise AssertionError(request)

    def watch(self, *breaches: str, complaint: str = "", settled: bool = True) -> None:
        """The canary has heard what it is to measure, and says this."""
        self.canary = CanaryState(
            running=bool(self.measure.operation),
            phase=self.measure.phase,
            evidence=Evidence(sent=len(self.journal)),
            breaches=breaches,
            complaint=complaint,
            operation=self.measure.operation,
            round=self.measure.round,
            settled=settled,
        )
        self.drive()

    def may_run(self, name: str) -> list[str]:
        """Who of an application has a task and has not answered it."""
        task = self.tasks.get(name)
        if task is None:
            return []
        asked = [name] if task.units is None else [*task.units]
        return [w for w in asked if self.outcomes.get(w, Outcome()).task != task.id]

    def answer(self, who: str, result: HealthCheck = WELL, failure: str = "", **more: object):
        """One of those asked answers its task."""
        name = who.partition("/")[0]
        assert who in self.may_run(name), f"{who} is not asked"
        self.asked.append((who, self.tasks[name].id))
        self.outcomes[who] = Outcome(
            task=self.tasks[name].id,
            status=Status.FAILED if failure else Status.COMPLETED,
            results={} if failure else {**results(result), **more},
            message=failure,
        )

    def answer_all(self, result: HealthCheck = WELL) -> None:
        """Everybody who is asked answers, until nobody is."""
        self.drive()
        while asked := [who for name in self.units for who in self.may_run(name)]:
            self.answer(asked[0], result)
            self.drive()
