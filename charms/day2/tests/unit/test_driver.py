# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime
import json

import ops
import ops.testing
import pytest
from world import NOON, plan

import driver as driver_module
import own
from alarm import Alarm
from archive import Archive
from canary import Canary
from dataops.evidence import Phase
from dataops.evidence.meter.orders import Orders
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.operations import OperationsProvider, Status, Task
from dataops.operations import NoParams, OperationError, Result, Scope, Verb
from dataops.testing import FakeServices
from driver import Driver, Tools, follow
from history import current, operations
from journal import Kind, append, flaws, from_text
from library import Library, known
from observed import Observed
from reading import read
from seam import Note

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
NO_PLANS = Library({})
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


def tools(provider, tmp_path, library=NO_PLANS):
    paths, services = UnitPaths(tmp_path / "workload"), FakeServices()
    return Tools(
        provider=provider,
        canary=Canary(paths, services, "day2/0"),
        alarm=Alarm(paths, services, "day2/0"),
        library=lambda: library,
        verbs={"look": LOOK},
    )


def make(manager, tmp_path, journal=(), library=NO_PLANS, **facts):
    provider = OperationsProvider(manager.charm, "peers", (LOOK, LISTEN), now=lambda: NOON)
    provider.publish_catalogue()
    observed = Observed(
        unit="day2/0",
        model="m",
        leader=True,
        journal=journal,
        own=own.participant(manager.charm, "peers"),
        storage=tmp_path,
        **facts,
    )
    return Driver(
        manager.charm,
        tools(provider, tmp_path, library),
        observed,
        Archive(tmp_path),
        now=lambda: NOON,
    )


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
        follow(manager.charm, tools(provider, tmp_path), observed, Archive(tmp_path))
        (peers,) = manager.run().relations
        outcome = json.loads(peers.local_unit_data["outcome"])
    assert (outcome["task"], outcome["results"]["summary"]) == ("7/step1/1", "Saw 0 records.")


def test_the_guards_are_journalled_as_they_are_now(manager, tmp_path):
    driver = make(manager, tmp_path)
    guarded = plan({"applications": "self"}, guards=["look-first"])
    driver.request(guarded, {}, {"look-first": plan({"applications": "self"}, name="look-first")})
    (operation,) = operations(driver.drive())
    assert [state.step.name for state in operation.steps] == ["look-first.step1", "step1"]


HOURLY = """\
- plan: tour
  cron: 0 * * * *
"""
TOUR = "{name: tour, description: d, steps: [{name: one, verb: VERB, applications: self}]}"


def scheduled(verb):
    (source,) = read(TOUR.replace("VERB", verb), "tour.yaml")[0]
    return known({"tour": source}, "", HOURLY)


def at_noon(manager, tmp_path, verb="look"):
    """The journal at noon, of a unit that saw the schedule first at half past eleven."""
    library = scheduled(verb)
    (entry,) = library.schedule.entries
    since = (NOON - datetime.timedelta(minutes=30)).isoformat()
    journal = append((), NOON, Kind.SCHEDULED, 0, {"entries": {entry.key: since}})
    driver = make(manager, tmp_path, journal, library, schedule=HOURLY)
    return driver, driver.drive()


def test_what_is_due_is_run(manager, tmp_path):
    _, journal = at_noon(manager, tmp_path)
    (operation,) = operations(journal)
    assert operation.requested_by.startswith("schedule tour 0 * * * *")
    assert operation.message == "Saw 4 records."
    file = tmp_path / "workload" / "control" / "wake-at"
    assert float(file.read_text()) == NOON.timestamp() + 3600


def test_what_is_due_and_cannot_begin_says_why(manager, tmp_path):
    _, journal = at_noon(manager, tmp_path, verb="dance")
    (operation,) = operations(journal)
    assert operation.ending is Status.FAILED
    assert operation.message.startswith("Due at 12:00 UTC, it could not begin. step one: no app")


def test_a_schedule_that_is_taken_away_is_forgotten(manager, tmp_path):
    _, journal = at_noon(manager, tmp_path)
    driver = make(manager, tmp_path, journal)
    assert driver.drive()[-1].body["entries"] == {}
    assert not (tmp_path / "workload" / "control" / "wake-at").exists()


ACCESS = Access(topic="day2-canary-*", endpoints="a:9093", username="u", password="p")
WATCHED = plan({"applications": "self"}, canary={})


def test_the_canary_is_begun_directed_and_ended(manager, tmp_path):
    driver = make(manager, tmp_path, canary=ACCESS)
    driver.request(WATCHED, {}, {})
    driver.drive()
    canary = driver._tools.canary
    assert (canary.state().operation, canary.state().running) == (1, True)
    driver.note(Note(Kind.CANCELLED, 1, {"by": "somebody"}))
    driver.drive()
    assert current(driver.journal) is None
    orders = Orders.read(tmp_path / "workload" / "run" / "canary")
    assert (orders.phase, orders.ending) == (Phase.BEFORE, True)


def test_a_canary_that_loses_its_access_stops_the_operation(manager, tmp_path):
    driver = make(manager, tmp_path)
    driver.request(WATCHED, {}, {})
    (operation,) = operations(driver.drive())
    assert "Kafka has taken its access away" in operation.message
    assert operation.steps == ()


@pytest.mark.parametrize(
    ("facts", "expected"), [({}, ["operations"]), ({"plans": "x"}, []), ({"schedule": "x"}, [])]
)
def test_what_others_offer_wakes_nobody_while_nothing_is_wanted(
    manager, tmp_path, monkeypatch, facts, expected
):
    passed = []
    monkeypatch.setattr(driver_module, "pass_over", lambda _, endpoint: passed.append(endpoint))
    driver_module.rest(manager.charm, make(manager, tmp_path, **facts).observed, ())
    assert passed == expected


def test_what_others_answer_is_heard_while_an_operation_is_open(manager, tmp_path, monkeypatch):
    passed = []
    monkeypatch.setattr(driver_module, "pass_over", lambda _, endpoint: passed.append(endpoint))
    driver = make(manager, tmp_path)
    driver.request(plan({"applications": "kafka"}), {}, {})
    driver_module.rest(manager.charm, driver.observed, driver.journal)
    assert passed == []
