# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small world of units that take their steps without any process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from onebox import scheduler
from onebox.changes import actions, applications, hooks, relations, units
from onebox.changes.applications import Deployment
from onebox.model import Base, Charm, Endpoint, Hook, Model, Option, StorageSpec
from onebox.scheduler import Deploy, Destroy, Note, RunHook, RunTask, Step, Wait

START = datetime(2026, 1, 1, tzinfo=timezone.utc)

Writes = Callable[[Model, str, Hook], Model]


def endpoint(name: str, role: str, interface: str) -> Endpoint:
    return Endpoint(application="", name=name, interface=interface, role=role)


def charm(name: str, *, storage: bool = False, revision: int = 0) -> Charm:
    ends = (
        endpoint("cluster", "peer", "peers"),
        endpoint("db", "provider", "sql"),
        endpoint("backend", "requirer", "sql"),
    )
    return Charm(
        url=f"local:{name}-{revision}",
        name=name,
        revision=revision,
        digest=f"{name}{revision}",
        endpoints={e.name: e for e in ends},
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

    def deploy(self, name: str, count: int = 1, *, storage: bool = False, **config: str) -> None:
        uploaded = charm(name, storage=storage)
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
            self.model = units.gone(self.model, unit, self.now)

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
        self.model = hooks.deploying(self.model, unit)
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
