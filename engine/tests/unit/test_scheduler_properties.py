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
from onebox.changes import applications, config, relations, storage, subordinates, units
from onebox.errors import Refused
from onebox.model import Model, Unit
from onebox.scheduler import RunHook, Wait

# Tests are not importable by name; the world of the fixtures serves here as well.
_SPEC = importlib.util.spec_from_file_location("world", Path(__file__).with_name("conftest.py"))
assert _SPEC is not None and _SPEC.loader is not None
_WORLD: Any = importlib.util.module_from_spec(_SPEC)

APPS = st.sampled_from(["a", "b", "c"])
# With the application whose units come beside those of others.
ALL = st.sampled_from(["a", "b", "c", "s"])
PICK = st.integers(min_value=0, max_value=20)


def setup_module() -> None:
    sys.modules["world"] = _WORLD
    _SPEC.loader.exec_module(_WORLD)


class Life(RuleBasedStateMachine):
    """Random days in the life of a model."""

    @initialize()
    def begin(self) -> None:
        # One more model offers `pg`, which is consumed as `base` in the one of most rules.
        self.pair = _WORLD.Pair()
        self.world, self.across = self.pair.consuming, self.pair.offering
        self.world.model = applications.remove(self.world.model, "web", True)
        for name in ("a", "b", "c", "s"):
            self.deploy(name)

    def deploy(self, name: str) -> None:
        subordinate = name == "s"
        self.world.deploy(name, 1 - subordinate, storage=name == "a", subordinate=subordinate)

    # -- what operators do ---------------------------------------------------------------------

    @rule(app=APPS)
    def add_unit(self, app: str) -> None:
        if len(self.world.model.units) < 8:
            self.change(lambda m: units.add(m, app, 1, (), self.world.now))

    @rule(pick=PICK, force=st.booleans(), destroy=st.booleans())
    def remove_unit(self, pick: int, force: bool, destroy: bool) -> None:
        unit = self.some_unit(pick)
        if unit:
            self.change(lambda m: self.removed(m, unit, force, destroy))

    def removed(self, model: Model, unit: str, force: bool, destroy: bool) -> Model:
        subordinates.refuse_alone(model, unit)
        return units.remove(model, unit, force, destroy)

    @rule(pick=PICK, end=st.booleans())
    def move_storage(self, pick: int, end: bool) -> None:
        """What a unit has is detached or removed; what nobody has goes to some unit."""
        model, found = self.world.model, sorted(self.world.model.storage)
        if not found:
            return
        instance = model.storage[found[pick % len(found)]]
        takers = model.units_of("a") if "a" in model.applications else []
        if end:
            self.change(lambda m: storage.remove(m, instance.id, self.world.now))
        elif instance.owner:
            self.change(lambda m: storage.detach(m, instance.id, self.world.now))
        elif takers:
            taker = takers[pick % len(takers)].name
            self.change(lambda m: storage.attach(m, instance.id, taker, self.world.now))

    @rule(app=ALL, force=st.booleans())
    def remove_application(self, app: str, force: bool) -> None:
        self.change(lambda m: units.sweep(applications.remove(m, app, force)))

    @rule(app=ALL)
    def deploy_again(self, app: str) -> None:
        if app not in self.world.model.applications:
            for unit in [u for u in self.world.done if u.startswith(f"{app}/")]:
                # Units of that name are others from now on.
                del self.world.done[unit]
            self.deploy(app)

    @rule(a=APPS, b=APPS)
    def integrate(self, a: str, b: str) -> None:
        self.change(lambda m: self.related(m, f"{a}:db", f"{b}:backend"))

    @rule(app=APPS, end=st.sampled_from(["host", "backend"]))
    def put_beside(self, app: str, end: str) -> None:
        """A subordinate comes to every unit of an application, with or without hooks there."""
        principal = f"{app}:{'juju-info' if end == 'host' else 'db'}"
        self.change(lambda m: self.related(m, f"s:{end}", principal))

    @rule(app=APPS)
    def integrate_across(self, app: str) -> None:
        self.change(lambda m: self.related(m, f"{app}:backend", "base:db"))

    def related(self, model: Model, a: str, b: str) -> Model:
        return subordinates.settle(relations.add(model, a, b, self.world.now)[0], self.world.now)

    @rule(pick=PICK, force=st.booleans())
    def remove_relation(self, pick: int, force: bool) -> None:
        found = [r.id for r in self.world.model.relations.values() if len(r.endpoints) == 2]
        if found:
            number = found[pick % len(found)]
            self.change(lambda m: self.parted(m, number, force))

    def parted(self, model: Model, number: int, force: bool) -> Model:
        after = units.sweep(relations.remove(model, number, force=force))
        return subordinates.settle(after, self.world.now)

    @rule(app=ALL, value=st.sampled_from(["x", "y"]))
    def configure(self, app: str, value: str) -> None:
        self.change(lambda m: config.set_values(m, app, {"k": value}, ()))

    @rule(app=ALL)
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
        self.take(self.world, unit, fate)

    def take(self, world: Any, unit: str, fate: str) -> None:
        world.fails = lambda u, h: fate == "fails"
        world.dies = lambda u, h: fate == "dies"
        world.step(unit)
        world.fails = world.dies = lambda u, h: False

    # -- the model across ----------------------------------------------------------------------

    @rule(pick=PICK, fate=st.sampled_from(["good", "good", "good", "fails", "dies"]))
    def step_across(self, pick: int, fate: str) -> None:
        names = sorted(self.across.model.units)
        if names:
            self.take(self.across, names[pick % len(names)], fate)

    @rule(more=st.booleans())
    def scale_across(self, more: bool) -> None:
        alive = [u.name for u in self.across.model.units_of("pg") if u.life == "alive"]
        if more and len(alive) < 3:
            self.across.model = units.add(self.across.model, "pg", 1, (), self.across.now)
        elif not more and len(alive) > 1:
            self.across.model = units.remove(self.across.model, alive[0], False)

    @rule(pick=PICK)
    def take_apart_across(self, pick: int) -> None:
        found = [r.id for r in self.across.model.relations.values() if r.origin]
        if found:
            number = found[pick % len(found)]
            after = relations.remove(self.across.model, number)
            self.across.model = units.sweep(after)

    @rule(value=st.sampled_from(["1", "2", ""]))
    def write_across(self, value: str) -> None:
        leader = self.across.model.applications["pg"].leader
        for relation in self.across.model.relations_of("pg"):
            for owner in ("pg", leader) if leader in relation.scope else ():
                self.across.model = relations.update_bag(
                    self.across.model, relation.id, owner, {"k": value}
                )

    @rule()
    def bridge(self) -> None:
        self.pair.bridge()

    @rule(minutes=st.sampled_from([0.1, 1, 6]))
    def later(self, minutes: float) -> None:
        for world in (self.world, self.across):
            world.later(minutes=minutes)

    @rule()
    @precondition(lambda self: self.world.model.units)
    def settle(self) -> None:
        """All failures are over, all units come to rest: then everybody knows everything."""
        for _ in range(12):
            self.later(6)
            self.pair.settle()
        for model in (self.world.model, self.across.model):
            for unit in model.units.values():
                self.knows_all(model, unit)
            for app in model.applications.values():
                assert app.life == "alive"
            for relation in model.relations.values():
                assert relation.life == "alive"
                here = {u for u in relation.scope if u.partition("/")[0] in model.applications}
                assert here <= model.units.keys()
        self.everybody_has_a_subordinate()
        self.halves_agree()

    # -- what must hold ------------------------------------------------------------------------

    def knows_all(self, model: Model, unit: Unit) -> None:
        local, app = unit.local, model.applications[unit.application]
        assert unit.life == "alive"
        assert local.started and not local.stopped
        assert local.config_hash == config.config_hash(model, unit.name)
        assert local.charm_modified == app.charm_modified
        assert local.leader == (app.leader == unit.name)
        # The provider of the implicit endpoint hears nothing of it.
        told = {
            r.id
            for r in model.relations_of(unit.application)
            if r.endpoint_of(unit.application).name != "juju-info"
        }
        assert local.relations.keys() == told
        for number, seen in local.relations.items():
            relation = model.relations[number]
            assert unit.name in relation.scope
            other = relation.other(unit.application).application
            members = {u for u in relation.scope if u.startswith(f"{other}/") and u != unit.name}
            if relation.contained:
                mine = unit.principal or unit.name
                members = {u for u in members if mine in (u, model.units[u].principal)}
            assert seen.joined == {
                m: relation.units[m].version if m in relation.units else 0 for m in members
            }
            bag = relation.applications.get(other)
            assert seen.application == (bag.version if bag else 0)

    def everybody_has_a_subordinate(self) -> None:
        """One beside every unit of what the subordinate is related to, and none elsewhere."""
        model = self.world.model
        found = [u for u in model.units.values() if u.application == "s"]
        mains = {
            r.other("s").application for r in model.relations_of("s") if len(r.endpoints) == 2
        }
        wanted = sorted(u.name for u in model.units.values() if u.application in mains)
        assert sorted(u.principal for u in found) == wanted
        assert all(u.machine == model.units[u.principal].machine for u in found)

    def halves_agree(self) -> None:
        """Each relation across has two halves with the same units and the same bags."""
        here = {r.id: r for r in self.world.model.relations.values() if "base:" in r.key}
        there = {
            int(r.origin.rpartition(":")[2]): r
            for r in self.across.model.relations.values()
            if r.origin
        }
        assert here.keys() == there.keys()
        for number, mine in here.items():
            own = mine.other("base").application
            stand_in = there[number].other("pg").application
            names = {"base": "pg", own: stand_in}
            units = {name: bag.data for name, bag in self.named(mine.units, names).items()}
            assert units == {name: bag.data for name, bag in there[number].units.items()}
            assert self.named(dict.fromkeys(mine.scope), names).keys() == there[number].scope
            bags = {names[app]: bag.data for app, bag in mine.applications.items() if bag.data}
            across = there[number].applications.items()
            assert bags == {app: bag.data for app, bag in across if bag.data}

    def named(self, found: Any, names: dict[str, str]) -> dict[str, Any]:
        return {f"{names[k.partition('/')[0]]}/{k.partition('/')[2]}": v for k, v in found.items()}

    @invariant()
    def deciding_is_pure(self) -> None:
        for world in (self.world, self.across):
            for unit in world.model.units:
                first = scheduler.next_step(world.model, unit, world.now)
                assert first == scheduler.next_step(world.model, unit, world.now)

    @invariant()
    def an_application_has_a_leader_who_lives(self) -> None:
        for model in (self.world.model, self.across.model):
            for name, app in model.applications.items():
                alive = [u.name for u in model.units_of(name) if u.life == "alive"]
                assert not alive or app.leader in alive

    @invariant()
    def addresses_do_not_clash(self) -> None:
        addresses = [m.address for m in self.world.model.machines.values()]
        assert len(addresses) == len(set(addresses))

    @invariant()
    def hooks_come_in_order(self) -> None:
        for world in (self.world, self.across):
            for unit, done in world.done.items():
                check_order(unit, done)

    # -- helpers -------------------------------------------------------------------------------

    def change(self, change: Callable[[Model], Model]) -> None:
        # Refused: the operator asked for something impossible, and nothing has happened.
        with contextlib.suppress(Refused):
            self.world.model = change(self.world.model)

    def some_unit(self, pick: int) -> str | None:
        names = sorted(self.world.model.units)
        return names[pick % len(names)] if names else None


_RELATION = re.compile(r"(?P<end>\w+)-relation-(?P<kind>\w+) \(?(?P<remote>[\w/-]+)\)?")


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
    for end in ("cluster", "db", "backend", "host"):
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
