# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest
from world import SICK, WELL, World, plan

import controls
from dataops.operations import OperationError
from journal import Kind
from observed import Observed

DAY2 = Observed(unit="day2/0", model="m", leader=True)


def of(*steps, **keys):
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan(*steps, **keys))
    world.drive()
    return world


def seen(world):
    return dataclasses.replace(DAY2, journal=world.journal)


def ended(result, **keys):
    world = of({"verify": "healthy"}, **keys)
    world.answer_all(result)
    return world


def test_a_running_operation_is_called_off():
    note = controls.cancel(seen(of({})), 0)
    assert (note.kind, note.operation) == (Kind.CANCELLED, 1)
    assert note.body == {"by": "action on day2/0"}


def test_who_names_no_operation_means_the_one_that_runs_and_not_those_behind_it():
    world = of({"approval": True})
    world.request(plan({}))
    assert controls.cancel(seen(world), 0).operation == 1
    assert controls.cancel(seen(world), 2).operation == 2
    assert controls.approve(seen(world), 0).operation == 1


def test_what_only_puts_things_back_is_not_called_off():
    world = of({"verify": "healthy"}, finally_=[{"name": "tidy"}])
    world.answer("kafka/0", SICK)
    world.drive()
    with pytest.raises(OperationError, match="only puts things back"):
        controls.cancel(seen(world), 0)


def test_what_is_called_off_is_not_called_off_again():
    world = of({"verify": "healthy"})
    world.tell(Kind.CANCELLED, 1, by="somebody")
    with pytest.raises(OperationError, match="called off already"):
        controls.cancel(seen(world), 0)
    with pytest.raises(OperationError, match="has ended: 1 checks"):
        controls.cancel(seen(ended(WELL)), 0)


def test_a_step_that_waits_is_approved():
    both = of({"approval": True}, {"approval": True, "after": []})
    with pytest.raises(OperationError, match="Say which step=: step1, step2"):
        controls.approve(seen(both), 0)
    with pytest.raises(OperationError, match="The step x does not wait; these do: step1, step2"):
        controls.approve(seen(both), 0, "x")
    assert controls.approve(seen(both), 0, "step2").body["step"] == "step2"
    assert controls.approve(seen(of({"approval": True})), 0).body["step"] == "step1"
    with pytest.raises(OperationError, match="No step of tour #1 waits for approval: kafka 0/1"):
        controls.approve(seen(of({})), 0)


def test_what_did_not_end_well_is_resumed():
    note = controls.resume(seen(ended(SICK)), 1, {"force": True})
    assert (note.kind, note.body["params"]) == (Kind.RESUMED, {"force": True})
    with pytest.raises(OperationError, match="has not ended"):
        controls.resume(seen(of({})), 0, {})
    with pytest.raises(OperationError, match="has done everything"):
        controls.resume(seen(ended(WELL)), 0, {})


def test_an_operation_that_is_not_there_is_told():
    with pytest.raises(OperationError, match="No operation has been run yet"):
        controls.find(DAY2, 0)
    with pytest.raises(OperationError, match="no operation 7 in the journal"):
        controls.cancel(seen(of({})), 7)
