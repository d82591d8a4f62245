# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Operations and tasks: who is asked, what is refused, how parameters are judged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from onebox.changes import actions, edit, parameters
from onebox.errors import Refused
from onebox.model import ActionSpec

if TYPE_CHECKING:
    from conftest import World

HELLO = ActionSpec(
    name="hello",
    schema_={
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "default": "world", "maxLength": 8},
            "times": {"type": "integer", "minimum": 1},
            "mode": {"type": "string", "enum": ["fast", "slow"]},
            "deep": {"type": "object", "properties": {"a": {"default": 1}}},
            "size": {"type": ["integer", "null"], "default": 5, "maximum": 7},
        },
    },
)


@pytest.fixture
def world(world: World) -> World:
    world.deploy("app", 2)
    charm = edit.replace(world.model.charm_of("app"), actions={"hello": HELLO})
    world.model = edit.put(world.model, "charms", charm.url, charm)
    return world


def test_numbers_come_from_one_sequence(world: World) -> None:
    model, first = actions.enqueue(world.model, ["app/0", "app/1"], "hello", {}, world.now)
    model, second = actions.enqueue(model, ["app/leader"], "hello", {}, world.now)
    assert (first.id, first.tasks, second.id, second.tasks) == (0, (1, 2), 3, (4,))
    assert model.tasks[4].unit == "app/0"
    assert first.summary == 'action "hello"'


def test_an_unknown_unit_is_noted(world: World) -> None:
    _, asked = actions.enqueue(world.model, ["app/9"], "hello", {}, world.now)
    assert asked.tasks == ()
    assert asked.failures == {
        "app/9": 'linking task to unit: getting unit UUID for "app/9": unit "app/9" not found'
    }


def test_an_unknown_machine_is_noted(world: World) -> None:
    _, asked = actions.enqueue(world.model, ["9"], actions.EXEC, {"command": "true"}, world.now)
    assert asked.failures == {"9": 'getting machine UUID for "9": machine "9" not found'}


def test_who_cannot_be_asked_takes_a_number(world: World) -> None:
    model, first = actions.enqueue(world.model, ["app/9", "app/0"], "hello", {}, world.now)
    _, second = actions.enqueue(model, ["app/0"], "hello", {}, world.now)
    assert (first.id, first.tasks, second.id) == (0, (2,), 3)


@pytest.mark.parametrize(
    ("target", "action", "message"),
    [
        ("app/0", "nosuch", 'action "nosuch" not defined for unit "app/0". (not found)'),
        (
            "nosuch/0",
            "hello",
            "adding action operation: adding action operation: getting charm UUID for "
            'application "nosuch": application "nosuch" not found',
        ),
        (
            "nosuch/leader",
            "hello",
            'getting leader unit for nosuch: application "nosuch" not found in leases (not found)',
        ),
    ],
)
def test_refusals(world: World, target: str, action: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.enqueue(world.model, [target], action, {}, world.now)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"name": "x", "times": "abc"},
            '(root).times : must be of type integer, given "abc"',
        ),
        ({"name": 5}, "(root).name : must be of type string, given 5"),
        (
            {"name": "x" * 9},
            '(root).name : string length must be lower or equal to 8, given "xxxxxxxxx"',
        ),
        ({"name": "x", "size": [5]}, "(root).size : must be of type [integer,null], given [5]"),
        ({"name": "x", "size": 9}, '(root).size : must be lower than 7, given "9"'),
        ({"name": "x", "times": 0}, '(root).times : must be greater than 1, given "0"'),
        (
            {"name": "x", "mode": "warp"},
            '(root).mode : must match one of the enum values ["fast","slow"], given "warp"',
        ),
        (
            {"name": "x", "bogus": 1},
            '(root) : additional property "bogus" is not allowed, given {"bogus":1,"name":"x"}',
        ),
        ({}, '(root) : "name" property is missing and required, given {}'),
    ],
)
def test_parameters_that_do_not_fit(given: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        parameters.validated(HELLO, given)
    assert refused.value.message == f'cannot run "hello" action: validation failed: {message}'


def test_defaults_are_filled_in() -> None:
    assert parameters.validated(HELLO, {"name": "x", "deep": {}}) == {
        "name": "x",
        "deep": {"a": 1},
        "size": 5,
    }


def test_old_operations_are_forgotten(world: World) -> None:
    model, first = actions.enqueue(world.model, ["app/0"], "hello", {}, world.now)
    later = world.now + timedelta(days=20)
    assert actions.prune(model, later) is model
    model = actions.finish(model, first.tasks[0], {}, None, world.now)
    model = actions.prune(model, later)
    assert (model.operations, model.tasks) == ({}, {})


def test_tasks_of_a_unit_that_leaves_come_to_an_end(world: World) -> None:
    model, first = actions.enqueue(world.model, ["app/0", "app/0"], "hello", {}, world.now)
    model = actions.start(model, first.tasks[0], world.now)
    model = actions.unit_gone(model, "app/0", world.now)
    assert [model.tasks[t].status for t in first.tasks] == ["aborted", "cancelled"]
