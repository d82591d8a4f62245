# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0


from world import SICK, World, plan

from answers import answered
from dataops.interfaces.operations import Outcome, Status
from journal import Kind
from observed import Observed
from seam import Note
from started import started

DAY2 = Observed(unit="day2/0", model="m", leader=True)


def test_what_waits_says_for_what():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    first, second = world.request(plan({})), world.request(plan({}))
    world.drive()
    assert started(DAY2, world.journal, first)["status"] == "running"
    assert started(DAY2, world.journal, first)["progress"] == "kafka 0/1"
    assert started(DAY2, world.journal, second)["status"] == "waiting for tour #1"


def test_what_ended_at_once_says_how():
    world = World({}, verbs=("look",))
    number = world.request(plan({"verify": "healthy"}))
    world.drive(own=SICK)
    told = started(DAY2, world.journal, number)
    assert told["status"] == "failed"
    assert told["next-moves"] == "day2 disk: full. Next: Add one."
    assert told["report"] == "juju run day2/leader get-report id=1"


def test_a_report_that_was_made_comes_with_the_command_that_fetches_it():
    world = World({}, verbs=())
    number = world.request(plan({"applications": "self"}))
    world.verbs = ("look",)
    world.drive(until=1)
    done = Outcome(task="1/step1/1", status=Status.COMPLETED, results={"summary": "Quiet."})
    world.note(answered(number, "day2", done))
    world.note(Note(Kind.FINISHED, number, {"status": "completed", "message": "Quiet."}))
    assert "fetch" not in started(DAY2, world.journal, number)
    world.note(Note(Kind.REPORTED, number, {"unit": "day2/1", "html": "/data/r.html"}))
    told = started(DAY2, world.journal, number)
    assert told["fetch"] == "juju scp day2/1:/data/r.html ."
    assert told["message"] == "Quiet."
