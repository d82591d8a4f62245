# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import NOON, World, plan

from archive import Archive
from journal import Kind
from observed import Observed
from operations.list_operations import VERB


def listed(world, tmp_path):
    observed = Observed(unit="day2/0", model="m", leader=True, journal=world.journal)
    return VERB.call(observed, Archive(tmp_path), {})


def test_the_newest_comes_first_as_a_table(tmp_path):
    world = World({}, verbs=("look",))
    world.request(plan({}, name="first"))
    world.drive()
    world.request(plan({}, name="second"))
    result = listed(world, tmp_path)
    assert [line.name for line in result.operations] == ["second", "first"]
    head, newest, oldest = result.action_results()["operations"].splitlines()
    assert "how it ended" in head
    assert newest.split()[:3] == ["2", "second", "waiting"]
    assert "all well" in oldest


def test_an_empty_journal_says_how_to_begin(tmp_path):
    assert "juju run day2/leader health-check" in str(listed(World({}), tmp_path).action_results())


def test_what_comes_next_is_told(tmp_path):
    observed = Observed(
        unit="day2/0", model="m", leader=True, schedule="- {plan: health-check, cron: 0 3 1 1 *}"
    )
    told = VERB.call(observed, Archive(tmp_path), {}).action_results()
    assert told["next"].startswith("health-check at 2")
    assert told["next"].endswith("-01-01 03:00 UTC")


def test_what_was_passed_over_says_why_and_the_newest_first(tmp_path):
    world = World({})
    for hour in range(5):
        at = NOON.replace(hour=hour).isoformat()
        skipped = [{"plan": "look", "at": at, "because": "day2 was away at that time"}]
        world.tell(Kind.SCHEDULED, 0, entries={}, skipped=skipped)
    told = listed(world, tmp_path).action_results()["passed-over"].splitlines()
    assert told[0] == "look at 2026-11-22 04:00 UTC: day2 was away at that time"
    assert len(told) == 3


def test_a_row_has_one_line_whatever_a_verb_says(tmp_path):
    world = World({"boat": ["boat/0"]}, verbs=())
    world.request(plan({"applications": "boat"}))
    world.drive()
    world.answer("boat/0", failure="sunk\n  by a\n  whale")
    world.drive()
    rows = listed(world, tmp_path).action_results()["operations"].splitlines()
    assert len(rows) == 2
    assert "sunk by a whale" in rows[1]
