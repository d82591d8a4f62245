# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, WELL, World, plan

from journal import Kind, append
from schedule import Entry, by, decide, next_time, read

HOURLY = Entry(plan="tour", cron="0 * * * *")
ONCE = Entry(plan="tour", cron="0 * * * *", catch_up="once")
MINUTE = datetime.timedelta(minutes=1)


def considered(*entries, at, journal=()):
    body = {"entries": {entry.key: at.isoformat() for entry in entries}}
    return append(journal, at, Kind.SCHEDULED, 0, body)


def test_a_new_entry_is_remembered_and_not_run_for_the_past():
    decision = decide((HOURLY,), (), NOON)
    assert decision.due == ()
    assert decision.note == {"entries": {HOURLY.key: NOON.isoformat()}, "skipped": []}


def test_what_is_due_is_run_once():
    journal = considered(HOURLY, at=NOON - 30 * MINUTE)
    assert decide((HOURLY,), journal, NOON - MINUTE).due == ()
    decision = decide((HOURLY,), journal, NOON + MINUTE)
    assert decision.due == ((HOURLY, NOON),)
    journal = append(journal, NOON + MINUTE, Kind.SCHEDULED, 0, decision.note)
    assert decide((HOURLY,), journal, NOON + MINUTE).note is None
    assert decide((HOURLY,), journal, NOON + 59 * MINUTE).due == ()
    assert len(decide((HOURLY,), journal, NOON + 60 * MINUTE).due) == 1


@pytest.mark.parametrize(("entry", "runs"), [(HOURLY, 0), (ONCE, 1)])
def test_what_was_missed_is_caught_up_with_once_or_not_at_all(entry, runs):
    journal = considered(entry, at=NOON - datetime.timedelta(days=3))
    decision = decide((entry,), journal, NOON + 30 * MINUTE)
    assert len(decision.due) == runs
    because = [each["because"] for each in decision.note["skipped"]]
    assert because == ["day2 was away at that time"] * (1 - runs)


def test_what_is_only_a_little_late_is_run():
    journal = considered(HOURLY, at=NOON - datetime.timedelta(days=3))
    assert decide((HOURLY,), journal, NOON + 9 * MINUTE).due == ((HOURLY, NOON),)


def test_never_two_at_once():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.journal = considered(HOURLY, at=NOON - 30 * MINUTE)
    world.request(plan({}))
    asked = plan({}).model_dump(mode="json", by_alias=True)
    world.tell(Kind.REQUESTED, 2, plan=asked, by=by(HOURLY))
    decision = decide((HOURLY,), world.journal, NOON)
    assert decision.due == ()
    assert decision.note["skipped"][0]["because"] == "tour #2 has not ended"
    world.answer_all(WELL)
    assert len(decide((HOURLY,), world.journal, NOON).due) == 1


def test_the_record_stays_among_the_newest():
    journal = considered(HOURLY, at=NOON)
    for _ in range(60):
        journal = append(journal, NOON, Kind.REQUESTED, 1, {})
    decision = decide((HOURLY,), journal, NOON + MINUTE)
    assert (decision.due, bool(decision.note)) == ((), True)


def test_an_entry_that_is_gone_is_forgotten():
    journal = considered(HOURLY, at=NOON)
    assert decide((), journal, NOON).note == {"entries": {}, "skipped": []}
    assert decide((), append((), NOON, Kind.SCHEDULED, 0, {"entries": {}}), NOON).note is None


def test_the_next_one_is_known():
    nightly = Entry(plan="backup", cron="0 3 * * *")
    assert next_time((nightly, HOURLY), NOON) == (NOON + 60 * MINUTE, HOURLY)
    assert next_time((), NOON) is None


@given(
    st.lists(st.integers(1, 5000), max_size=40),
    st.sampled_from(["0 * * * *", "*/7 * * * *", "30 3 * * 1", "15 4 1 * *"]),
    st.sampled_from(["none", "once"]),
)
def test_whenever_it_is_asked_nothing_runs_twice_or_early(pauses, cron, catch_up):
    """Hooks at any distance: each time is run at most once, and on time unless day2 was away."""
    entry = Entry(plan="tour", cron=cron, catch_up=catch_up)
    now, journal, ran = NOON, (), []
    for pause in (0, *pauses):
        now += pause * MINUTE
        decision = decide((entry,), journal, now)
        ran += [at for _, at in decision.due]
        if decision.note:
            journal = append(journal, now, Kind.SCHEDULED, 0, decision.note)
    assert ran == sorted(set(ran))
    assert all(at == entry.latest(at) for at in ran)
    expected = {entry.latest(NOON + sum(pauses[: i + 1]) * MINUTE) for i in range(len(pauses))}
    expected = {at for at in expected if at > NOON}
    assert set(ran) <= expected
    if catch_up == "once":
        assert set(ran) == expected


GOOD = """\
- plan: backup
  cron: 0 3 * * *
  catch-up: once
- {plan: tour, cron: "*/5 * * * *", params: {window: 1h}}
"""
BAD = """\
- plan: backup
  cron: at three
- plan: tour
  cron: 0 3 * * *
  catch-up: twice
- cron: 0 3 31 2 *
  colour: red
"""


def test_the_option_is_read():
    schedule = read(GOOD)
    assert [entry.plan for entry in schedule.entries] == ["backup", "tour"]
    assert (schedule.lines, schedule.reasons) == ((1, 4), ())
    assert read("") == read("# nothing\n")


def test_every_error_of_the_option_names_its_line():
    schedule = read(BAD + GOOD + GOOD)
    assert len(schedule.entries) == 2
    first, second, third, fourth, *twice = schedule.reasons
    assert first.startswith(
        'schedule line 2: cron: "at three": wrong number of fields; write five'
    )
    assert second.startswith("schedule line 5: catch-up:")
    assert third == "schedule line 6: plan: is missing"
    assert fourth.startswith('schedule line 6: cron: "0 3 31 2 *"')
    assert twice[-1] == "schedule line 15: tour is there twice"
    assert read("- {\n").reasons[0].startswith("schedule: line 2 is no YAML")
