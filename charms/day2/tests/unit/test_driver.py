# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import json

import ops
import ops.testing
import pytest
from world import NOON, plan

import driver as driver_module
import own
from archive import Archive
from dataops.interfaces.operations import OperationsProvider, Task
from dataops.operations import NoParams, OperationError, Result, Scope, Verb
from driver import Driver, run_due
from history import current, operations
from journal import flaws, from_text
from observed import Observed

META = {
    "name": "day2",
    "requires": {"operations": {"interface": "dataops_operations"}},
    "peers": {"peers": {"interface": "day2_peers"}},
}


class Said(Result):
    summary: str


def look(context):
    context.log("looking")
    if context.workload.operation == 2:
        raise OperationError("It is dark. Make light.")
    return Said(summary=f"Saw {len(context.observed.journal)} records.")


LOOK = Verb(
    name="look", description="", run=look, params=NoParams, result=Said, scope=Scope.LEADER
)
LISTEN = dataclasses.replace(LOOK, name="listen", scope=Scope.UNIT)
SELF = plan({"applications": "self"})
EACH = plan({"applications": "self", "verb": "listen"})


def context(leader=True, **relation):
    found = ops.testing.Context(ops.CharmBase, meta=META)
    peers = ops.testing.PeerRelation("peers", **relation)
    state = ops.testing.State(leader=leader, relations=[peers])
    return found(found.on.update_status(), state)


@pytest.fixture
def manager():
    with context() as found:
        yield found


def make(manager, tmp_path, journal=()):
    provider = OperationsProvider(manager.charm, "peers", (LOOK, LISTEN), now=lambda: NOON)
    provider.publish_catalogue()
    observed = Observed(
        unit="day2/0",
        model="m",
        leader=True,
        journal=journal,
        own=own.participant(manager.charm, "peers"),
    )
    return Driver(manager.charm, provider, observed, Archive(tmp_path), now=lambda: NOON)


def bag(manager):
    (peers,) = manager.run().relations
    return peers.local_app_data


def test_an_operation_of_its_own_ends_at_once_and_is_journalled(manager, tmp_path):
    driver = make(manager, tmp_path)
    number = driver.request(SELF, {}, {})
    journal = driver.drive()
    (operation,) = operations(journal)
    assert (operation.number, operation.message) == (number, "Saw 2 records.")
    assert operation.requested_by == "action on day2/0"
    assert from_text(bag(manager)["journal"]) == journal
    assert flaws(journal) == ()


def test_a_verb_that_fails_is_an_answer(manager, tmp_path):
    driver = make(manager, tmp_path)
    driver.request(SELF, {}, {})
    driver.request(SELF, {}, {})
    assert operations(driver.drive())[1].message == "day2: It is dark. Make light."
    assert current(driver.journal) is None


def test_the_databag_holds_no_more_than_its_share(manager, tmp_path, monkeypatch):
    monkeypatch.setattr(driver_module, "_DATABAG_BYTES", 2000)
    driver = make(manager, tmp_path)
    for _ in range(9):
        driver.request(SELF, {}, {})
    journal = driver.drive()
    text = bag(manager)["journal"]
    assert len(text) <= 2000
    assert from_text(text)[-1] == journal[-1]


def test_the_next_operation_counts_on_from_a_cut_journal(manager, tmp_path):
    first = make(manager, tmp_path)
    first.request(SELF, {}, {})
    cut = first.drive()[-1:]
    assert make(manager, tmp_path, journal=cut).request(SELF, {}, {}) == 2


def test_the_other_units_of_day2_are_asked_as_well(tmp_path):
    with context(peers_data={1: {}}) as manager:
        driver = make(manager, tmp_path)
        driver.request(EACH, {}, {})
        journal = driver.drive()
        (step,) = current(journal).steps
        assert (step.missing, list(step.answers)) == (("day2/1",), ["day2/0"])
        assert Task.model_validate_json(bag(manager)["task"]).units == ("day2/0", "day2/1")


def test_a_unit_that_does_not_lead_does_what_it_is_asked(tmp_path):
    task = Task(operation=7, step="step1", verb="listen", units=("day2/0", "day2/1"))
    with context(leader=False, local_app_data={"task": task.to_json()}) as manager:
        provider = OperationsProvider(manager.charm, "peers", (LISTEN,), now=lambda: NOON)
        observed = Observed(unit="day2/0", model="m", leader=False)
        run_due(manager.charm, provider, observed, Archive(tmp_path), ())
        (peers,) = manager.run().relations
        outcome = json.loads(peers.local_unit_data["outcome"])
    assert (outcome["task"], outcome["results"]["summary"]) == ("7/step1/1", "Saw 0 records.")


def test_the_guards_are_journalled_as_they_are_now(manager, tmp_path):
    driver = make(manager, tmp_path)
    guarded = plan({"applications": "self"}, guards=["look-first"])
    driver.request(guarded, {}, {"look-first": plan({"applications": "self"}, name="look-first")})
    (operation,) = operations(driver.drive())
    assert [state.step.name for state in operation.steps] == ["look-first.step1", "step1"]
