# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ops
import ops.testing
import pytest
from world import NOON, plan

import driver as driver_module
from archive import Archive
from dataops.operations import NoParams, OperationError, Result, Verb
from driver import Driver
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


LOOK = Verb(name="look", description="", run=look, params=NoParams, result=Said)
SELF = plan({"applications": "self"})


@pytest.fixture
def manager():
    context = ops.testing.Context(ops.CharmBase, meta=META)
    state = ops.testing.State(leader=True, relations=[ops.testing.PeerRelation("peers")])
    with context(context.on.update_status(), state) as found:
        yield found


def make(manager, tmp_path, log=print, journal=()):
    observed = Observed(unit="day2/0", model="m", leader=True, journal=journal)
    verbs = {"look": LOOK}
    return Driver(manager.charm, verbs, observed, Archive(tmp_path), log=log, now=lambda: NOON)


def test_an_operation_of_its_own_ends_at_once_and_is_journalled(manager, tmp_path):
    said = []
    driver = make(manager, tmp_path, said.append)
    number = driver.request(SELF, {})
    journal = driver.drive()
    (operation,) = operations(journal)
    assert (operation.number, operation.message) == (number, "Saw 2 records.")
    assert operation.requested_by == "action on day2/0"
    assert said == ["looking"]
    (peers,) = manager.run().relations
    assert from_text(peers.local_app_data["journal"]) == journal
    assert flaws(journal) == ()


def test_a_verb_that_fails_is_an_answer(manager, tmp_path):
    driver = make(manager, tmp_path)
    driver.request(SELF, {})
    driver.request(SELF, {})
    assert operations(driver.drive())[1].message == "day2: It is dark. Make light."
    assert current(driver.journal) is None


def test_the_databag_holds_no_more_than_its_share(manager, tmp_path, monkeypatch):
    monkeypatch.setattr(driver_module, "_DATABAG_BYTES", 2000)
    driver = make(manager, tmp_path)
    for _ in range(9):
        driver.request(SELF, {})
    journal = driver.drive()
    (peers,) = manager.run().relations
    text = peers.local_app_data["journal"]
    assert len(text) <= 2000
    assert from_text(text)[-1] == journal[-1]


def test_the_next_operation_counts_on_from_a_cut_journal(manager, tmp_path):
    first = make(manager, tmp_path)
    first.request(SELF, {})
    cut = first.drive()[-1:]
    assert make(manager, tmp_path, journal=cut).request(SELF, {}) == 2
