# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Juju's order of hooks: the traces of real units, as tables."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from onebox import scheduler
from onebox.changes import (
    actions,
    applications,
    config,
    hooks,
    models,
    recovery,
    relations,
    secrets,
    units,
)
from onebox.changes.secrets import Draft
from onebox.model import Endpoint, Hook, Model
from onebox.scheduler import Deploy, Destroy, RunHook, RunTask, Wait

if TYPE_CHECKING:
    from conftest import World

FIRST = ["install", "cluster-relation-created (app)", "leader-elected", "config-changed", "start"]


def publish(kind: str, value: str = "1"):
    """A charm whose leader writes its application's bags in one kind of hook."""

    def write(model: Model, unit: str, hook: Hook) -> Model:
        app = unit.partition("/")[0]
        if hook.kind != kind or model.applications[app].leader != unit:
            return model
        for relation in model.relations_of(app):
            model = relations.update_bag(model, relation.id, app, {"k": value})
        return model

    return write


def test_a_new_unit(world: World) -> None:
    world.deploy("app")
    world.settle()
    assert world.hooks("app/0") == FIRST


def test_storage_comes_before_install(world: World) -> None:
    world.deploy("app", storage=True)
    world.settle()
    assert world.hooks("app/0") == ["data-storage-attached", *FIRST]


def test_the_leader_hears_of_its_own_word_to_its_peers(world: World) -> None:
    world.writes = publish("start")
    world.deploy("app")
    world.settle()
    assert world.hooks("app/0") == [*FIRST, "cluster-relation-changed (app)"]


def test_scaling_out(world: World) -> None:
    world.writes = publish("start")
    world.deploy("app")
    world.settle()
    world.hooks("app/0")
    world.model = units.add(world.model, "app", 1, (), world.now)
    world.settle()
    assert world.hooks("app/1") == [
        "install",
        "cluster-relation-created (app)",
        "config-changed",
        "start",
        "cluster-relation-changed (app)",
        "cluster-relation-joined app/0",
        "cluster-relation-changed app/0",
    ]
    assert world.hooks("app/0") == [
        "cluster-relation-joined app/1",
        "cluster-relation-changed app/1",
    ]


def test_removing_the_leader(world: World) -> None:
    world.deploy("app", 2, storage=True)
    world.settle()
    world.ran.clear()
    world.model = units.remove(world.model, "app/0", force=False)
    world.settle()
    assert world.hooks("app/0") == [
        "data-storage-detaching",
        "cluster-relation-departed app/1 departing=app/0",
        "stop",
        "remove",
    ]
    assert sorted(world.hooks("app/1")) == [
        "cluster-relation-departed app/0 departing=app/0",
        "leader-elected",
    ]
    assert list(world.model.units) == ["app/1"]
    assert list(world.model.machines) == ["1"]
    # The pool of a machine of LXD outlives its unit: what the gone one had waits for another.
    assert [s.owner for s in world.model.storage.values()] == ["", "app/1"]


def test_two_applications_are_related_and_parted(world: World) -> None:
    world.writes = publish("relation-created")
    world.deploy("pg")
    world.deploy("web")
    world.settle()
    world.ran.clear()
    number = world.integrate("web:backend", "pg")
    world.settle()
    assert [h for h in world.hooks("web/0") if h.startswith("backend")] == [
        "backend-relation-created (pg)",
        "backend-relation-changed (pg)",
        "backend-relation-joined pg/0",
        "backend-relation-changed pg/0",
    ]
    assert [h for h in world.hooks("pg/0") if h.startswith("db")] == [
        "db-relation-created (web)",
        "db-relation-changed (web)",
        "db-relation-joined web/0",
        "db-relation-changed web/0",
    ]
    world.model = relations.remove(world.model, number)
    world.settle()
    assert world.hooks("web/0") == [
        "backend-relation-departed pg/0 departing=pg/0",
        "backend-relation-broken (pg)",
    ]
    assert world.hooks("pg/0") == [
        "db-relation-departed web/0 departing=web/0",
        "db-relation-broken (web)",
    ]
    assert number not in world.model.relations


def test_joined_only_comes_after_start(world: World) -> None:
    world.deploy("pg")
    world.deploy("web")
    world.integrate("web:backend", "pg")
    world.settle("pg/0")
    world.settle("web/0")
    assert world.hooks("web/0") == [
        "install",
        "cluster-relation-created (web)",
        "backend-relation-created (pg)",
        "leader-elected",
        "config-changed",
        "start",
        "backend-relation-joined pg/0",
        "backend-relation-changed pg/0",
    ]


def test_several_writes_are_one_change_and_none_is_none(world: World) -> None:
    world.deploy("pg")
    world.deploy("web")
    number = world.integrate("web:backend", "pg")
    world.settle()
    world.ran.clear()
    for value in ("1", "2"):
        world.model = relations.update_bag(world.model, number, "pg/0", {"k": value})
    world.model = relations.update_bag(world.model, number, "pg/0", {"k": "2"})
    world.settle()
    assert world.hooks("web/0") == ["backend-relation-changed pg/0"]
    assert world.hooks("pg/0") == []


def test_a_write_during_a_hook_is_not_lost(world: World) -> None:
    world.deploy("pg")
    world.deploy("web")
    number = world.integrate("web:backend", "pg")
    world.settle()
    world.model = relations.update_bag(world.model, number, "pg/0", {"k": "1"})
    step = scheduler.next_step(world.model, "web/0", world.now)
    assert isinstance(step, RunHook)
    world.model = hooks.started(world.model, "web/0", step.hook, "", world.now)
    world.model = relations.update_bag(world.model, number, "pg/0", {"k": "2"})
    world.model = hooks.committed(world.model, "web/0", step.hook, world.now)
    world.ran.clear()
    world.settle()
    assert world.hooks("web/0") == ["backend-relation-changed pg/0"]


def test_removing_an_application(world: World) -> None:
    world.deploy("pg")
    world.deploy("web")
    world.integrate("web:backend", "pg")
    world.settle()
    world.ran.clear()
    world.model = applications.remove(world.model, "pg", force=False)
    world.settle()
    assert world.hooks("pg/0") == [
        "db-relation-departed web/0 departing=pg/0",
        "db-relation-broken (web)",
        "stop",
        "remove",
    ]
    assert world.hooks("web/0") == [
        "backend-relation-departed pg/0 departing=pg/0",
        "backend-relation-broken (pg)",
    ]
    assert list(world.model.applications) == ["web"]
    assert [len(r.endpoints) for r in world.model.relations.values()] == [1]


def test_a_removed_unit_of_a_living_relation_runs_broken_alone(world: World) -> None:
    world.deploy("pg", 2)
    world.deploy("web")
    world.integrate("web:backend", "pg")
    world.settle()
    world.ran.clear()
    world.model = units.remove(world.model, "pg/1", force=False)
    world.settle()
    assert world.hooks("pg/1") == [
        "db-relation-departed web/0 departing=pg/1",
        "db-relation-broken (web)",
        "cluster-relation-departed pg/0 departing=pg/1",
        "stop",
        "remove",
    ]
    assert world.hooks("web/0") == ["backend-relation-departed pg/1 departing=pg/1"]


def test_a_unit_that_was_never_installed_goes_without_a_hook(world: World) -> None:
    world.deploy("app")
    assert isinstance(world.step("app/0"), Deploy)
    world.model = units.remove(world.model, "app/0", force=False)
    assert isinstance(world.step("app/0"), Destroy)
    assert world.model.units == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"k": "w"}, ["config-changed"]), ({"k": "v"}, [])],
    ids=["another value", "its default"],
)
def test_configuration(world: World, values: dict[str, str], expected: list[str]) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    world.model = config.set_values(world.model, "app", values, ())
    world.settle()
    assert world.hooks("app/0") == expected


def test_configuration_that_changes_and_changes_back_is_no_event(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    world.model = config.set_values(world.model, "app", {"k": "w"}, ())
    world.model = config.set_values(world.model, "app", {}, ("k",))
    world.settle()
    assert world.hooks("app/0") == []


def test_trust_is_configuration(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    world.model = applications.set_trust(world.model, "app", True)
    world.settle()
    assert world.hooks("app/0") == ["config-changed"]


def refreshed(model: Model, force: bool, world: World) -> Model:
    new = model.charms["local:app-0"].model_copy(update={"url": "local:app-1", "revision": 1})
    model = model.model_copy(update={"charms": {**model.charms, new.url: new}})
    return applications.refresh(model, "app", new.url, {}, {}, force, world.now)


def test_an_upgrade(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    world.model = refreshed(world.model, False, world)
    assert isinstance(world.step("app/0"), Deploy)
    world.model = actions.enqueue(world.model, ["app/0"], "juju-exec", {}, world.now)[0]
    world.settle()
    # A task finds no gap between upgrade-charm and config-changed.
    assert world.hooks("app/0") == ["upgrade-charm", "config-changed", "task 1"]


def test_a_new_peer_relation_waits_for_the_charm_that_knows_it(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    old = world.model.charms["local:app-0"]
    ring = Endpoint(application="app", name="ring", interface="rr", role="peer")
    new = old.model_copy(
        update={"url": "local:app-1", "endpoints": {**old.endpoints, "ring": ring}}
    )
    charms = {**world.model.charms, new.url: new}
    model = world.model.model_copy(update={"charms": charms})
    world.model = applications.refresh(model, "app", new.url, {}, {}, False, world.now)
    world.settle()
    told = world.hooks("app/0")
    assert (told[:2], len(told)) == (["upgrade-charm", "config-changed"], 3)
    assert told[2].startswith("ring-relation-created")


def test_an_interrupted_upgrade_is_resumed_before_anything_else(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.model = refreshed(world.model, False, world)
    world.model = hooks.deploying(world.model, "app/0", world.now)
    world.model = actions.enqueue(world.model, ["app/0"], "juju-exec", {}, world.now)[0]
    assert isinstance(scheduler.next_step(world.model, "app/0", world.now), Deploy)


def failing(world: World, kind: str) -> None:
    world.fails = lambda unit, hook: hook.kind == kind
    world.deploy("app")
    world.settle()
    world.ran.clear()


def test_a_failed_hook_is_retried_at_growing_intervals(world: World) -> None:
    failing(world, "start")
    unit = world.model.units["app/0"]
    assert (unit.agent.current, unit.agent.message) == ("error", 'hook failed: "start"')
    for pause in (5, 10, 20, 40, 80, 160, 300, 300):
        step = scheduler.next_step(world.model, "app/0", world.now)
        assert step == Wait(until=world.now + timedelta(seconds=pause))
        world.later(seconds=pause)
        world.settle()
        assert world.hooks("app/0") == ["start"]
    world.fails = lambda unit, hook: False
    world.later(seconds=300)
    world.settle()
    assert world.hooks("app/0") == ["start", "update-status"]
    assert world.model.units["app/0"].local.failures == 0


def test_without_retries_only_the_operator_helps(world: World) -> None:
    failing(world, "start")
    world.model = models.configure(
        world.model, {"automatically-retry-hooks": False}, (), world.now
    )
    world.later(days=1)
    assert scheduler.next_step(world.model, "app/0", world.now) == Wait()
    world.model = units.resolve(world.model, "app/0", skip=False)
    world.settle()
    assert world.hooks("app/0") == ["start"]


def test_a_skipped_hook_counts_as_done(world: World) -> None:
    failing(world, "config-changed")
    world.model = units.resolve(world.model, "app/0", skip=True)
    world.settle()
    assert world.hooks("app/0") == ["start"]


def test_actions_run_while_a_hook_has_failed_and_nothing_else_does(world: World) -> None:
    failing(world, "config-changed")
    world.model = config.set_values(world.model, "app", {"k": "w"}, ())
    world.model = actions.enqueue(world.model, ["app/0"], "juju-exec", {}, world.now)[0]
    assert isinstance(world.step("app/0"), RunTask)
    assert isinstance(world.step("app/0"), Wait)


def test_actions_wait_for_install(world: World) -> None:
    world.deploy("app", storage=True)
    world.model = actions.enqueue(world.model, ["app/0"], "juju-exec", {}, world.now)[0]
    world.settle()
    assert world.hooks("app/0")[:3] == ["data-storage-attached", "install", FIRST[1]]


def test_forced_removal_does_not_wait_for_a_failed_hook(world: World) -> None:
    failing(world, "config-changed")
    world.model = units.remove(world.model, "app/0", force=False)
    assert isinstance(world.step("app/0"), Wait)
    world.model = units.remove(world.model, "app/0", force=True)
    world.settle()
    assert world.model.units == {}


def test_refresh_with_force_reaches_a_unit_in_error(world: World) -> None:
    failing(world, "config-changed")
    world.model = refreshed(world.model, False, world)
    assert isinstance(world.step("app/0"), Wait)
    world.model = refreshed(world.model, True, world)
    world.fails = lambda unit, hook: False
    world.settle()
    # The hook that had failed runs again with the new charm; upgrade-charm does not.
    assert world.hooks("app/0") == ["config-changed", "start"]


def test_a_relation_whose_created_failed_is_visible_to_the_other_side(world: World) -> None:
    world.deploy("pg")
    world.deploy("web")
    world.settle()
    world.ran.clear()
    world.fails = lambda unit, hook: unit == "pg/0"
    world.integrate("web:backend", "pg")
    world.settle()
    assert "backend-relation-joined pg/0" in world.hooks("web/0")


def test_update_status_comes_to_idle_units_and_does_not_pile_up(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    world.later(hours=3)
    world.settle()
    assert world.hooks("app/0") == ["update-status"]
    due = world.model.units["app/0"].next_update_status
    assert timedelta(minutes=4) <= due - world.now <= timedelta(minutes=6)


def test_another_interval_holds_at_once(world: World) -> None:
    world.deploy("app")
    world.settle()
    config = {"update-status-hook-interval": "10s"}
    world.model = models.configure(world.model, config, (), world.now)
    assert scheduler.next_step(world.model, "app/0", world.now) == Wait(
        until=world.now + timedelta(seconds=10)
    )


def test_after_another_boot_a_started_unit_runs_start(world: World) -> None:
    world.deploy("app")
    world.settle()
    world.ran.clear()
    for boot in ("one", "one", "two"):
        world.model = recovery.recover(world.model, boot, world.now)
    world.settle()
    assert world.hooks("app/0") == ["start"]


# -- secrets -----------------------------------------------------------------------------------


def with_secret(world: World, rotate: str = "never", **draft: object) -> None:
    world.deploy("pg")
    world.deploy("web")
    number = world.integrate("web:backend", "pg")
    world.settle()
    asked = Draft("id", owner="pg", content={"k": "MQ=="}, label="own", rotate=rotate, **draft)
    world.model = secrets.create(world.model, asked, world.now)
    world.model = secrets.grant(world.model, "id", "web", number)
    world.ran.clear()


def test_a_reader_is_told_once_of_each_new_revision(world: World) -> None:
    with_secret(world)
    world.model = secrets.track(world.model, "id", "web/0", label="theirs")
    world.settle()
    assert world.hooks("web/0") == []
    world.model = secrets.revise(world.model, Draft("id", content={"k": "Mg=="}), world.now)
    world.settle()
    assert world.hooks("web/0") == ["secret-changed id::theirs"]
    assert world.hooks("pg/0") == []
    world.model = secrets.track(world.model, "id", "web/0", refresh=True)
    world.settle()
    assert world.hooks("web/0") == []
    assert world.hooks("pg/0") == ["secret-remove id:1:own"]
    world.settle()
    assert world.hooks("pg/0") == []


def test_rotation_comes_again_until_there_is_a_new_revision(world: World) -> None:
    with_secret(world, rotate="hourly")
    world.later(hours=1)
    world.settle()
    assert "secret-rotate id::own" in world.hooks("pg/0")
    world.later(minutes=5)
    world.settle()
    assert "secret-rotate id::own" in world.hooks("pg/0")
    world.model = secrets.revise(world.model, Draft("id", content={"k": "Mg=="}), world.now)
    world.later(minutes=30)
    world.settle()
    assert "secret-rotate id::own" not in world.hooks("pg/0")


def test_expiry_comes_again_until_the_revision_is_removed(world: World) -> None:
    with_secret(world, expires=world.now + timedelta(minutes=1))
    world.later(minutes=1)
    world.settle()
    assert world.hooks("pg/0") == ["secret-expired id:1:own"]
    assert scheduler.next_step(world.model, "pg/0", world.now) == Wait(
        until=min(world.now + timedelta(minutes=5), world.model.units["pg/0"].next_update_status)
    )
    world.later(minutes=5)
    world.settle()
    assert "secret-expired id:1:own" in world.hooks("pg/0")


def test_secrets_go_with_their_owner_and_grants_with_their_relation(world: World) -> None:
    with_secret(world)
    world.model = relations.remove(world.model, 2)
    world.settle()
    assert world.model.secrets["id"].grants == ()
    world.model = applications.remove(world.model, "pg", force=False)
    world.settle()
    assert world.model.secrets == {}
