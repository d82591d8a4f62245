# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
from pathlib import Path

import ops
from world import SICK, WELL, World, plan

from dataops.interfaces.operations import Participant
from journal import Kind
from observed import Observed
from status import statuses


def observed(world=None, **changes):
    facts = {
        "unit": "day2/0",
        "model": "m",
        "leader": True,
        "participants": (Participant(application="kafka"),),
        "storage": Path("/data"),
        "journal": world.journal if world else (),
    }
    return Observed(**{**facts, **changes})


def run(result=WELL, answers=1, application="kafka"):
    world = World({application: [f"{application}/0"]}, verbs=())
    world.request(plan({"verify": "healthy"}))
    world.drive()
    if answers:
        world.answer(f"{application}/0", result)
        world.drive()
    return world


def test_nothing_run_yet_is_well():
    assert [*statuses(observed())] == [ops.ActiveStatus()]


def test_each_missing_thing_names_the_next_move():
    storage, applications, _ = statuses(observed(storage=None, participants=()))
    assert storage == ops.WaitingStatus("waiting for the storage data")
    assert "juju integrate day2:operations" in applications.message


def test_a_running_operation_says_where_it_is():
    assert [*statuses(observed(run(answers=0)))] == [ops.MaintenanceStatus("tour #1: kafka 0/1")]


def test_an_operation_that_went_well_is_told():
    (status,) = statuses(observed(run()))
    assert status == ops.ActiveStatus("tour #1: 1 checks, 1 answers of 1 applications, all well.")


def test_what_ended_last_is_told_and_not_what_was_asked_for_last():
    world = run(answers=0)
    world.request(plan({}))
    world.tell(Kind.CANCELLED, 2, by="somebody")
    world.drive()
    world.now += datetime.timedelta(seconds=9)
    world.answer("kafka/0")
    world.drive()
    (status,) = statuses(observed(world))
    assert status == ops.ActiveStatus("tour #1: 1 checks, 1 answers of 1 applications, all well.")


def test_copies_that_are_missing_outside_are_told():
    why = "Cannot reach s3://b"
    found = [*statuses(observed(run()), not_kept=why)]
    assert found[0] == ops.ActiveStatus(f"no copies outside: {why}")
    assert next(statuses(observed(store_trouble=why))) == found[0]
    (busy,) = statuses(observed(run(answers=0)), not_kept=why)
    assert busy.name == "maintenance"


def test_an_operation_that_failed_blocks_and_fits_a_line():
    (status,) = statuses(observed(run(SICK, application="a-very-long-name-of-an-application")))
    assert status.name == "blocked"
    assert status.message.endswith("… juju run day2/leader show-operation id=1")
    assert len(status.message) <= 120
