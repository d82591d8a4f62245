# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Two models, one relation between them: whatever happens, the halves come to agree."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onebox.changes import offers, relations, secrets, units
from onebox.changes.secrets import Draft
from onebox.errors import Refused
from onebox.model import Hook, Model

# Tests are not importable by name; the world of the fixtures serves here as well.
_SPEC = importlib.util.spec_from_file_location("two", Path(__file__).parents[1] / "conftest.py")
assert _SPEC is not None and _SPEC.loader is not None
_WORLD: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["two"] = _WORLD
_SPEC.loader.exec_module(_WORLD)
START, Pair = _WORLD.START, _WORLD.Pair


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_both_sides_run_the_hooks_of_a_relation_under_the_names_they_know(pair: Pair) -> None:
    pair.settle()
    pair.offering.hooks("pg/0"), pair.consuming.hooks("web/0")
    pair.integrate()
    pair.settle()
    stand_in = next(r.name for r in pair.offering.model.remotes.values())
    assert stand_in.startswith("remote-") and len(stand_in) == len("remote-") + 32
    assert pair.consuming.hooks("web/0") == [
        "backend-relation-created (base)",
        "backend-relation-joined base/0",
        "backend-relation-changed base/0",
    ]
    assert pair.offering.hooks("pg/0") == [
        f"db-relation-created ({stand_in})",
        f"db-relation-joined {stand_in}/0",
        f"db-relation-changed {stand_in}/0",
    ]


def test_bags_go_across_and_deleted_keys_go_too(pair: Pair) -> None:
    number = pair.integrate()
    pair.settle()
    there = pair.across(number)
    assert there is not None
    for values in ({"a": "1", "b": "2"}, {"a": "", "b": "3"}):
        pair.offering.model = relations.update_bag(pair.offering.model, there.id, "pg", values)
        pair.settle()
    assert pair.consuming.model.relations[number].applications["base"].data == {"b": "3"}
    assert "backend-relation-changed (base)" in pair.consuming.hooks("web/0")


def test_secret_is_read_across_and_its_owner_knows_who_reads(pair: Pair) -> None:
    number = pair.integrate()
    pair.settle()
    there = pair.across(number)
    assert there is not None
    stand_in = there.other("pg").application
    draft = Draft("s" * 20, owner="pg", content={"k": "djE="})
    owned = secrets.create(pair.offering.model, draft, START)
    pair.offering.model = secrets.grant(owned, draft.id, stand_in, there.id)
    pair.bridge()
    copy = pair.consuming.model.secrets[draft.id]
    assert secrets.may_read(pair.consuming.model, copy, "web/0")
    pair.consuming.model = secrets.track(pair.consuming.model, draft.id, "web/0", label="mine")
    pair.bridge()
    assert pair.offering.model.secrets[draft.id].consumers[f"{stand_in}/0"].tracked == 1
    pair.consuming.hooks("web/0")
    draft = Draft(draft.id, content={"k": "djI="})
    pair.offering.model = secrets.revise(pair.offering.model, draft, START)
    pair.settle()
    assert pair.consuming.hooks("web/0") == [f"secret-changed {draft.id}::mine"]
    assert not [h for h in pair.offering.hooks("pg/0") if h.startswith("secret-remove")]
    pair.consuming.model = secrets.track(pair.consuming.model, draft.id, "web/0", refresh=True)
    pair.settle()
    assert pair.offering.hooks("pg/0") == [f"secret-remove {draft.id}:1:"]
    pair.offering.model = secrets.revoke(pair.offering.model, draft.id, stand_in)
    pair.settle()
    assert draft.id not in pair.consuming.model.secrets
    assert pair.offering.model.secrets[draft.id].consumers == {}


def test_copies_and_readers_end_with_the_relation(pair: Pair) -> None:
    number = pair.integrate()
    pair.settle()
    there = pair.across(number)
    assert there is not None
    draft = Draft("s" * 20, owner="pg", content={"k": "djE="})
    owned = secrets.create(pair.offering.model, draft, START)
    stand_in = there.other("pg").application
    pair.offering.model = secrets.grant(owned, draft.id, stand_in, there.id)
    pair.bridge()
    pair.consuming.model = secrets.track(pair.consuming.model, draft.id, "web/0", label="mine")
    pair.bridge()
    pair.consuming.model = relations.remove(pair.consuming.model, number)
    pair.settle()
    assert draft.id not in pair.consuming.model.secrets
    assert pair.offering.model.secrets[draft.id].consumers == {}


def test_offer_in_use_goes_only_by_force_and_ends_the_relation(pair: Pair) -> None:
    number = pair.integrate()
    pair.settle()
    with pytest.raises(Refused, match='cannot delete application offer "pg": offer has 1 rel'):
        offers.remove(pair.offering.model, "pg")
    pair.offering.model = offers.remove(pair.offering.model, "pg", force=True)
    pair.settle()
    assert number not in pair.consuming.model.relations
    assert not pair.offering.model.remotes
    assert pair.consuming.hooks("web/0")[-1] == "backend-relation-broken (base)"


def test_offer_that_is_gone_before_the_halves_met_ends_the_relation(pair: Pair) -> None:
    number = pair.integrate()
    pair.offering.model = offers.remove(pair.offering.model, "pg")
    pair.settle()
    assert number not in pair.consuming.model.relations


def test_forgotten_offer_takes_its_relation_along(pair: Pair) -> None:
    pair.integrate()
    pair.settle()
    pair.consuming.model = offers.forget(pair.consuming.model, "base")
    pair.settle()
    assert not pair.consuming.model.remotes
    assert not pair.offering.model.remotes
    assert all(not r.origin for r in pair.offering.model.relations.values())


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("web", 'cannot add saas application "web": local application with same name exists'),
        ("base", 'saas application called "base" from a different model already exists'),
    ],
)
def test_alias_that_is_taken_is_refused(pair: Pair, alias: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        offers.consume(pair.consuming.model, pair.offering.model, "pg", alias, "admin/x.y", START)
    assert refusal.value.message == message


def test_offer_of_what_is_not_there_has_jujus_words(pair: Pair) -> None:
    model = pair.offering.model
    with pytest.raises(Refused, match=r'^creating offer "pg": "nosuch": endpoint not found$'):
        offers.offer(model, "pg", ("nosuch",), "pg", START)
    with pytest.raises(Refused, match=f'^application "none" not found in model "{model.uuid}"$'):
        offers.offer(model, "none", ("db",), "pg", START)


def _add(world: Any, name: str) -> None:
    world.model = units.add(world.model, name, 1, (), START)


def _remove_one(world: Any, name: str) -> None:
    alive = [u.name for u in world.model.units_of(name) if u.life == "alive"]
    if len(alive) > 1:
        world.model = units.remove(world.model, alive[0], False)


MOVES = {
    "integrate": lambda p: p.consuming.model.relations_of("base") or p.integrate(),
    "take apart here": lambda p: _take_apart(p.consuming, lambda r: "base" in r.key),
    "take apart there": lambda p: _take_apart(p.offering, lambda r: bool(r.origin)),
    "add web": lambda p: _add(p.consuming, "web"),
    "add pg": lambda p: _add(p.offering, "pg"),
    "remove web": lambda p: _remove_one(p.consuming, "web"),
    "remove pg": lambda p: _remove_one(p.offering, "pg"),
    "bridge": lambda p: p.bridge(),
    "step here": lambda p: [p.consuming.step(u) for u in tuple(p.consuming.model.units)],
    "step there": lambda p: [p.offering.step(u) for u in tuple(p.offering.model.units)],
}


def _take_apart(world: Any, chosen) -> None:
    for relation in tuple(world.model.relations.values()):
        if chosen(relation) and relation.life == "alive":
            world.model = units.sweep(relations.remove(world.model, relation.id))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=25))
def test_halves_agree_in_the_end(moves: list[str]) -> None:
    pair = Pair()
    pair.offering.writes = _signed
    pair.consuming.writes = _signed
    for move in moves:
        MOVES[move](pair)
    pair.settle()
    halves = [r for r in pair.offering.model.relations.values() if r.origin]
    mine = pair.consuming.model.relations_of("base")
    assert len(halves) == len(mine) <= 1
    for here, there in zip(mine, halves, strict=True):
        stand_in = there.other("pg").application
        assert _renamed(here.scope, web=stand_in, base="pg") == there.scope
        assert len(there.scope) == len(pair.offering.model.units_of("pg")) + len(
            pair.consuming.model.units_of("web")
        )
        for unit in here.scope:
            (name,) = _renamed([unit], web=stand_in, base="pg")
            assert here.units[unit].data == there.units[name].data


def _renamed(names, **known: str) -> set[str]:
    return {f"{known[n.partition('/')[0]]}/{n.partition('/')[2]}" for n in names}


def _signed(model: Model, unit: str, hook: Hook) -> Model:
    if hook.relation is None or hook.kind == "relation-broken":
        return model
    return relations.update_bag(model, hook.relation, unit, {"saw": hook.kind, "who": unit})


def test_application_cannot_take_the_name_of_what_is_consumed(pair: Pair) -> None:
    with pytest.raises(Refused, match='saas application called "base" exists'):
        pair.consuming.deploy("base")
