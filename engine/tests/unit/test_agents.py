# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A change wakes the units whose next step it may alter, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from onebox.agents import concerned, newly_forced
from onebox.changes import actions, config, edit, hooks, models, relations, secrets, units
from onebox.changes.secrets import Draft
from onebox.model import Model
from onebox.store import Difference, _difference

if TYPE_CHECKING:
    from conftest import World

CASES: dict[str, tuple[Callable[[Model, World], Model], set[str]]] = {
    "a status": (lambda m, w: hooks.executing(m, "pg/0", "x", w.now), {"pg/0"}),
    "config": (lambda m, w: config.set_values(m, "pg", {"k": "w"}, ()), {"pg/0", "pg/1"}),
    "a databag": (
        lambda m, w: relations.update_bag(m, 2, "pg/0", {"k": "v"}),
        {"pg/0", "pg/1", "web/0"},
    ),
    "a peer databag": (lambda m, w: relations.update_bag(m, 1, "web/0", {"k": "v"}), {"web/0"}),
    "a task": (lambda m, w: actions.enqueue(m, ["web/0"], "juju-exec", {}, w.now)[0], {"web/0"}),
    "a secret": (
        lambda m, w: secrets.create(m, Draft("id", owner="web", content={}), w.now),
        {"web/0"},
    ),
    "a model option": (
        lambda m, w: models.configure(m, {"mode": "x"}, (), w.now),
        {"pg/0", "pg/1", "web/0"},
    ),
    "a removal": (lambda m, w: units.remove(m, "pg/1", force=True), {"pg/1"}),
    "a sequence": (lambda m, w: edit.replace(m, sequences={"x": 1}), set()),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_woken(world: World, case: str) -> None:
    world.deploy("pg", 2)
    world.deploy("web")
    world.integrate("web:backend", "pg")
    world.settle()
    change, expected = CASES[case]
    after = change(world.model, world)
    difference = Difference("m", world.model, after, _difference(world.model, after))
    assert concerned(difference) == expected
    assert newly_forced(difference, "pg/1") == (case == "a removal")
