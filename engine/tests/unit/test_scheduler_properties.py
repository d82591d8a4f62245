# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever operators, charms and accidents do: no event is lost, none repeated, order holds."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onebox import scheduler
from onebox.changes import applications, config, relations, units
from onebox.errors import Refused
from onebox.model import Model, Unit
from onebox.scheduler import RunHook, Wait

# Tests are not importable by name; the world of the fixtures serves here as well.
_SPEC = importlib.util.spec_from_file_location("world", Path(__file__).with_name("conftest.py"))
assert _SPEC is not None and _SPEC.loader is not None
_WORLD: Any = importlib.util.module_from_spec(_SPEC)

APPS = st.sampled_from(["a", "b", "c"])
PICK = st.integers(min_value=0, max_value=20)


def setup_module() -> None:
    sys.modules["world"] = _WORLD
    _SPEC.loader.exec_module(_WORLD)


class Life(RuleBasedStateMachine):
    """Random days in the life of a model."""

    @initialize()
    def begin(self) -> None:
        empty = Model(name="m", uuid="0" * 36, network="127.9.9", created=_WORLD.START)
        self.world = _WORLD.World(empty)
        self.gone: set[str] = set()
        for name in ("a", "b", "c"):
            self.world.deploy(name, 1, storage=name == "a")

    # -- what operators do ---------------------------------------------------------------------

    @rule(app=APPS)
    def add_unit(self, app: str) -> None:
        if len(self.world.model.units) < 8:
            self.change(lambda m: units.add(m, app, 1, (), self.world.now))

    @rule(pick=PICK, force=st.booleans())
    def remove_unit(self, pick: int, force: bool) -> None:
        unit = self.some_unit(pick)
        if unit:
            self.change(lambda m: units.remove(m, unit, force))

    @rule(app=APPS, force=st.booleans())
    def remove_application(self, app: str, force: bool) -> None:
        self.change(lambda m: units.sweep(applications.remove(m, app, force)))

    @rule(app=APPS)
    def deploy_again(self, app: str) -> None:
        if app not in self.world.model.applications:
            for unit in [u for u in self.world.done if u.startswith(f"{app}/")]:
                # Units of that name are others from now on.
                del self.world.done[unit]
            self.world.deploy(app, 1, storage=app == "a")

    @rule(a=APPS, b=APPS)
    def integrate(self, a: str, b: str) -> None:
        self.change(lambda m: relations.add(m, f"{a}:db", f"{b}:backend", self.world.now)[0])

    @rule(pick=PICK, force=st.booleans())
    def remove_relation(self, pick: int, force: bool) -> None:
        found = [r.id for r in self.world.model.relations.values() if len(r.endpoints) == 2]
        if found:
            number = found[pick % len(found)]
            self.change(lambda m: units.sweep(relations.remove(m, number, force=force)))

    @rule(app=APPS, value=st.sampled_from(["x", "y"]))
    def configure(self, app: str, value: str) -> None:
        self.change(lambda m: config.set_values(m, app, {"k": value}, ()))

    @rule(app=APPS)
    def refresh(self, app: str) -> None:
        self.change(lambda m: applications.refresh(m, app, "", {}, {}, False, self.world.now))

    @rule(pick=PICK, skip=st.booleans())
    def resolve(self, pick: int, skip: bool) -> None:
        unit = self.some_unit(pick)
        if unit:
            self.change(lambda m: units.resolve(m, unit, skip))

    # -- what charms and accidents do ----------------------------------------------------------

    @rule(pick=PICK, value=st.sampled_from(["1", "2", ""]))
    def write(self, pick: int, value: str) -> None:
        """Some unit writes into its bags, as far as it may."""
        unit = self.some_unit(pick)
        if unit is None:
            return
        app = unit.partition("/")[0]
        for relation in self.world.model.relations_of(app):
            if unit in relation.scope:
                owner = app if self.world.model.applications[app].leader == unit else unit
                self.change(
                    lambda m, r=relation.id, o=owner: relations.update_bag(m, r, o, {"k": value})
                )

    @rule(pick=PICK, fate=st.sampled_from(["good", "good", "good", "fails", "dies"]))
    def step(self, pick: int, fate: str) -> None:
        unit = self.some_unit(pick)
        if unit is None:
            return
        self.world.fails = lambda u, h: fate == "fails"
        self.world.dies = lambda u, h: fate == "dies"
        self.world.step(unit)
        self.world.fails = self.world.dies = lambda u, h: False

    @rule(minutes=st.sampled_from([0.1, 1, 6]))
    def later(self, minutes: float) -> None:
        self.world.later(minutes=minutes)

    @rule()
    @precondition(lambda self: self.world.model.units)
    def settle(self) -> None:
        """All failures are over, all units come to rest: then everybody knows everything."""
        for _ in range(12):
            self.world.later(minutes=6)
            self.world.settle()
        for unit in self.world.model.units.values():
            self.knows_all(unit)
        for app in self.world.model.applications.values():
            assert app.life == "alive"
        for relation in self.world.model.relations.values():
            assert relation.life == "alive"
            assert relation.scope <= self.world.model.units.keys()

    # -- what must hold ------------------------------------------------------------------------

    def knows_all(self, unit: Unit) -> None:
        model = self.world.model
        local, app = unit.local, model.applications[unit.application]
        assert unit.life == "alive"
        assert local.started and not local.stopped
        assert local.config_hash == config.config_hash(model, unit.name)
        assert local.charm_modified == app.charm_modified
        assert local.leader == (app.leader == unit.name)
        assert local.relations.keys() == {r.id for r in model.relations_of(unit.application)}
        for number, seen in local.relations.items():
            relation = model.relations[number]
            assert unit.name in relation.scope
            other = relation.other(unit.application).application
            members = {u for u in relation.scope if u.startswith(f"{other}/") and u != unit.name}
            assert seen.joined == {
                m: relation.units[m].version if m in relation.units else 0 for m in members
            }
            bag = relation.applications.get(other)
            assert seen.application == (bag.version if bag else 0)

    @invariant()
    def deciding_is_pure(self) -> None:
        for unit in self.world.model.units:
            first = scheduler.next_step(self.world.model, unit, self.world.now)
            assert first == scheduler.next_step(self.world.model, unit, self.world.now)

    @invariant()
    def an_application_has_a_leader_who_lives(self) -> None:
        for name, app in self.world.model.applications.items():
            alive = [u.name for u in self.world.model.units_of(name) if u.life == "alive"]
            assert not alive or app.leader in alive

    @invariant()
    def addresses_do_not_clash(self) -> None:
        addresses = [m.address for m in self.world.model.machines.values()]
        assert len(addresses) == len(set(addresses))

    @invariant()
    def hooks_come_in_order(self) -> None:
        for unit, done in self.world.done.items():
            check_order(unit, done)

    # -- helpers -------------------------------------------------------------------------------

    def change(self, change: Callable[[Model], Model]) -> None:
        # Refused: the operator asked for something impossible, and nothing has happened.
        with contextlib.suppress(Refused):
            self.world.model = change(self.world.model)

    def some_unit(self, pick: int) -> str | None:
        names = sorted(self.world.model.units)
        return names[pick % len(names)] if names else None


_RELATION = re.compile(r"(?P<end>\w+)-relation-(?P<kind>\w+) \(?(?P<remote>[\w/]+)\)?")


def check_order(unit: str, done: list[str]) -> None:
    """What a charm may rely on, whatever happens around it."""
    plain = [h for h in done if "-relation-" not in h and "storage" not in h]
    assert plain.count("install") <= 1 and plain[:1] in ([], ["install"])
    for last in ("stop", "remove"):
        assert done.count(last) <= 1
    if "remove" in done:
        assert done[-1] == "remove"
    if "start" in done:
        assert done.index("config-changed") < done.index("start")
        assert done.count("start") == 1
    for before, after in itertools.pairwise(done):
        if before == "upgrade-charm":
            assert after == "config-changed"
        joined = _RELATION.fullmatch(before)
        if joined and joined["kind"] == "joined":
            assert after == before.replace("joined", "changed")
    for end in ("cluster", "db", "backend"):
        check_relations(done, end)


def check_relations(done: list[str], end: str) -> None:
    """Joined at most once before departed, nothing of a unit that is not joined."""
    joined: set[str] = set()
    for text in done:
        found = _RELATION.match(text)
        if not found or found["end"] != end or "/" not in found["remote"]:
            continue
        kind, remote = found["kind"], found["remote"]
        if kind == "joined":
            joined.add(remote)
        elif kind == "departed" or kind == "changed":
            assert remote in joined


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_a_step_that_was_not_taken_is_offered_again(world: Any) -> None:
    world.deploy("a")
    world.settle()
    world.model = config.set_values(world.model, "a", {"k": "w"}, ())
    step = scheduler.next_step(world.model, "a/0", world.now)
    assert isinstance(step, RunHook)
    world.dies = lambda unit, hook: True
    world.step("a/0")
    again = scheduler.next_step(world.model, "a/0", world.now)
    assert again == step
    world.dies = lambda unit, hook: False
    world.settle()
    assert isinstance(scheduler.next_step(world.model, "a/0", world.now), Wait)
