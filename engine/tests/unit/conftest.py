# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small world of units that take their steps without any process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from onebox import scheduler
from onebox.changes import (
    actions,
    applications,
    crossing,
    hooks,
    offers,
    relations,
    subordinates,
    units,
)
from onebox.changes.applications import Deployment
from onebox.changes.crossing import Half
from onebox.model import Base, Charm, Endpoint, Hook, Model, Option, Relation, StorageSpec
from onebox.scheduler import Deploy, Destroy, Note, RunHook, RunTask, Step, Wait

START = datetime(2026, 1, 1, tzinfo=timezone.utc)

Writes = Callable[[Model, str, Hook], Model]


def endpoint(name: str, role: str, interface: str, scope: str = "global") -> Endpoint:
    return Endpoint(application="", name=name, interface=interface, role=role, scope=scope)


def charm(
    name: str, *, storage: bool = False, revision: int = 0, subordinate: bool = False
) -> Charm:
    ends = (
        endpoint("cluster", "peer", "peers"),
        endpoint("db", "provider", "sql"),
        endpoint("backend", "requirer", "sql"),
    )
    if subordinate:
        ends = (
            endpoint("cluster", "peer", "peers"),
            endpoint("host", "requirer", "juju-info", "container"),
            endpoint("backend", "requirer", "sql", "container"),
        )
    return Charm(
        url=f"local:{name}-{revision}",
        name=name,
        revision=revision,
        digest=f"{name}{revision}",
        endpoints={e.name: e for e in ends},
        subordinate=subordinate,
        options={"k": Option(type="string", default="v")},
        storage={"data": StorageSpec(name="data")} if storage else {},
        bases=(Base(name="ubuntu", channel="24.04/stable"),),
    )


@dataclass
class World:
    """A model, a clock, and what every unit's charm was run for."""

    model: Model
    now: datetime = START
    ran: dict[str, list[str]] = field(default_factory=dict)
    # What a charm writes while a hook runs; lands with its commit, as a flush does.
    writes: Writes = lambda model, unit, hook: model
    fails: Callable[[str, Hook], bool] = lambda unit, hook: False
    # The daemon dies in the middle of a hook.
    dies: Callable[[str, Hook], bool] = lambda unit, hook: False
    # The hooks of each unit that have committed, from its first one on.
    done: dict[str, list[str]] = field(default_factory=dict)

    def deploy(
        self,
        name: str,
        count: int = 1,
        *,
        storage: bool = False,
        subordinate: bool = False,
        **config: str,
    ) -> None:
        uploaded = charm(name, storage=storage, subordinate=subordinate)
        self.model = self.model.model_copy(
            update={"charms": {**self.model.charms, uploaded.url: uploaded}}
        )
        asked = Deployment(application=name, charm_url=uploaded.url, units=count, config=config)
        self.model = applications.deploy(self.model, asked, self.now)

    def integrate(self, a: str, b: str) -> int:
        self.model, relation = relations.add(self.model, a, b, self.now)
        return relation.id

    def step(self, unit: str) -> Step:
        """Takes one step of a unit and tells which."""
        step = scheduler.next_step(self.model, unit, self.now)
        self._take(unit, step)
        return step

    def settle(self, *names: str, most: int = 2000) -> None:
        """Takes steps, unit by unit, until nobody has anything to do."""
        for _ in range(most):
            moved = False
            for unit in sorted(names or tuple(self.model.units)):
                if unit in self.model.units and not isinstance(self.step(unit), Wait):
                    moved = True
            if not moved:
                return
        raise AssertionError(f"units never come to rest: {self.ran}")

    def hooks(self, unit: str) -> list[str]:
        """What ran since the last time anybody asked."""
        return self.ran.pop(unit, [])

    def _take(self, unit: str, step: Step) -> None:
        if isinstance(step, RunHook):
            self._run(unit, step.hook)
        elif isinstance(step, RunTask):
            self.ran.setdefault(unit, []).append(f"task {step.id}")
            self.model = actions.finish(self.model, step.id, {}, None, self.now)
        elif isinstance(step, Deploy):
            self._deploy(unit)
        elif isinstance(step, Note):
            self._note(unit, step)
        elif isinstance(step, Destroy):
            gone = units.gone(self.model, unit, self.now)
            self.model = subordinates.settle(gone, self.now)

    def _run(self, unit: str, hook: Hook) -> None:
        text = shown(self.model, unit, hook)
        self.ran.setdefault(unit, []).append(text)
        self.model = hooks.started(self.model, unit, hook, "context", self.now)
        if self.dies(unit, hook):
            return
        if self.fails(unit, hook):
            self.model = hooks.failed(self.model, unit, hook, self.now)
        else:
            self.done.setdefault(unit, []).append(text)
            self.model = self.writes(self.model, unit, hook)
            self.model = hooks.committed(self.model, unit, hook, self.now)

    def _deploy(self, unit: str) -> None:
        app = self.model.applications[self.model.units[unit].application]
        self.model = hooks.deploying(self.model, unit, self.now)
        self.model = hooks.deployed(self.model, unit, app.charm_url, app.charm_modified, self.now)

    def _note(self, unit: str, step: Note) -> None:
        hook = self.model.units[unit].local.hook
        if step.what == "resign":
            self.model = hooks.resigned(self.model, unit)
        elif step.what == "leave":
            self.model = units.leave_scope(self.model, step.relation, unit)
        elif step.what == "skip":
            self.done.setdefault(unit, []).append(shown(self.model, unit, hook))
            self.model = hooks.committed(self.model, unit, hook, self.now)
        else:
            self.model = hooks.forgotten(self.model, unit)

    def later(self, **fields: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**fields)


class Pair:
    """A model that offers `pg:db` and one that consumes it as `base`, and the bridge between."""

    def __init__(self) -> None:
        self.offering = World(
            Model(name="o", uuid=str(UUID(int=1)), network="127.9.8", created=START)
        )
        self.consuming = World(
            Model(name="c", uuid=str(UUID(int=2)), network="127.9.9", created=START)
        )
        self.offering.deploy("pg")
        self.consuming.deploy("web")
        self.offering.model = offers.offer(self.offering.model, "pg", ("db",), "pg", START)
        self.consuming.model = offers.consume(
            self.consuming.model, self.offering.model, "pg", "base", "admin/o.pg", START
        )

    def integrate(self) -> int:
        return self.consuming.integrate("web:backend", "base:db")

    def bridge(self) -> None:
        """One look of the bridge, as `onebox.bridges` takes it."""
        for relation in tuple(self.consuming.model.relations.values()):
            found = crossing.half(self.consuming.model, relation)
            if found is not None:
                self._agree(found, relation)
        for relation in tuple(self.offering.model.relations.values()):
            number = relation.origin.rpartition(":")[2]
            if number and int(number) not in self.consuming.model.relations:
                self.offering.model = crossing.severed(self.offering.model, relation.id)

    def _agree(self, found: Half, relation: Relation) -> None:
        here, there = self.consuming, self.offering
        if relation.life == "alive" and not relation.linked:
            there.model = crossing.accepted(there.model, here.model, relation, START)
        across = self.across(relation.id)
        other = crossing.half(there.model, across) if across else None
        if across is None or other is None:
            here.model = crossing.severed(here.model, relation.id)
            return
        here.model = crossing.linked(here.model, relation.id)
        self._reflect(there, other, here, found)
        self._reflect(here, found, there, other)

    def across(self, number: int) -> Relation | None:
        origin = f"{self.consuming.model.uuid}:{number}"
        found = self.offering.model.relations.values()
        return next((r for r in found if r.origin == origin), None)

    def _reflect(self, target: Any, mine: Half, source: Any, theirs: Half) -> None:
        if mine.relation not in target.model.relations:
            return
        if theirs.relation not in source.model.relations:
            target.model = crossing.severed(target.model, mine.relation)
            return
        target.model = crossing.agreed(
            Half(target.model, mine.relation, mine.own, mine.stand_in),
            Half(source.model, theirs.relation, theirs.own, theirs.stand_in),
        )

    def settle(self) -> None:
        for _ in range(50):
            before = (self.offering.model, self.consuming.model)
            self.bridge()
            self.offering.settle()
            self.consuming.settle()
            if (self.offering.model, self.consuming.model) == before:
                return
        raise AssertionError("the halves never agree")


def shown(model: Model, unit: str, hook: Hook) -> str:
    """A hook with what its environment would say, such as `db-relation-joined pg/0`."""
    found = [hooks.name_of(model, unit, hook)]
    if hook.relation is not None:
        found.append(hook.remote_unit or f"({hook.remote_app})")
    if hook.departing_unit:
        found.append(f"departing={hook.departing_unit}")
    if hook.secret:
        found.append(f"{hook.secret}:{hook.secret_revision or ''}:{hook.secret_label}")
    return " ".join(found)


@pytest.fixture
def world() -> World:
    return World(Model(name="m", uuid="0" * 36, network="127.9.9", created=START))
