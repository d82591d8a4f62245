# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime
import json
from pathlib import Path

import ops
import ops.testing
import pydantic
import pytest

from dataops.host import wake
from dataops.host.paths import UnitPaths
from dataops.interfaces.operations import (
    OperationsProvider,
    OperationsRequirer,
    Outcome,
    Status,
    Task,
)
from dataops.jobs import Jobs
from dataops.jobs._files import JobFiles
from dataops.operations import (
    Context,
    JobVerb,
    NoParams,
    OperationError,
    Pending,
    Result,
    Scope,
    Verb,
)
from dataops.rolling import Go, Hold
from dataops.testing import FakeServices

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
CALLS: list[str] = []


class Answer(Result):
    value: int


def run(context: Context[str, object, NoParams]) -> Answer:
    CALLS.append(context.observed)
    if context.observed == "broken":
        raise OperationError("The disk is full. Free 10 GB.")
    return Answer(value=42)


def verb(name: str, scope: Scope) -> Verb[str, object, NoParams, Answer]:
    return Verb(name=name, description=name, run=run, params=NoParams, result=Answer, scope=scope)


VERBS = (verb("once", Scope.LEADER), verb("each", Scope.UNIT), verb("turns", Scope.ROLLING))


class Provider(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.operations = OperationsProvider(self, "operations", VERBS, now=lambda: NOON)
        framework.observe(self.on.update_status, self._reconcile)
        framework.observe(self.on.config_changed, self._reconcile)

    def _reconcile(self, event: ops.EventBase):
        self.operations.publish_catalogue()
        broken = isinstance(event, ops.ConfigChangedEvent)
        self.operations.run_due("broken" if broken else "fine", object())


class Requirer(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.operations = OperationsRequirer(self, "operations")


PROVIDER_META = {"name": "app", "provides": {"operations": {"interface": "dataops_operations"}}}
REQUIRER_META = {"name": "day2", "requires": {"operations": {"interface": "dataops_operations"}}}


@pytest.fixture(autouse=True)
def no_calls():
    CALLS.clear()


@pytest.fixture
def context():
    return ops.testing.Context(Provider, meta=PROVIDER_META)


def related(task=None, **bags):
    asked = {"task": task.to_json() if isinstance(task, Task) else task} if task else {}
    return ops.testing.Relation("operations", remote_app_data=asked, **bags)


def after(context, relation, event="update_status", leader=True):
    state = ops.testing.State(leader=leader, relations=[relation])
    return context.run(getattr(context.on, event)(), state).get_relation(relation.id)


def outcome(bag) -> Outcome:
    return Outcome.model_validate_json(bag["outcome"])


def test_the_leader_publishes_what_the_application_can_do(context):
    catalogue = json.loads(after(context, related()).local_app_data["catalogue"])
    assert [(entry["name"], entry["scope"]) for entry in catalogue] == [
        ("once", "leader"),
        ("each", "unit"),
        ("turns", "rolling"),
    ]
    assert catalogue[0]["result"]["properties"]["value"]["type"] == "integer"
    assert "catalogue" not in after(context, related(), leader=False).local_app_data


def test_the_catalogue_is_written_once_per_revision_of_the_charm(tmp_path):
    (tmp_path / ".juju-charm").write_text("local:app-3\n")
    context = ops.testing.Context(Provider, meta=PROVIDER_META, charm_root=tmp_path)
    written = {"catalogue": "[]", "catalogue-of": "local:app-3"}
    assert after(context, related(local_app_data=written)).local_app_data["catalogue"] == "[]"
    written["catalogue-of"] = "local:app-2"
    bag = after(context, related(local_app_data=written)).local_app_data
    assert (len(json.loads(bag["catalogue"])), bag["catalogue-of"]) == (3, "local:app-3")


def test_a_verb_of_the_leader_answers_in_the_application_bag(context):
    task = Task(operation=7, step="check", verb="once")
    found = after(context, related(task))
    assert outcome(found.local_app_data).results == {"value": 42}
    assert "outcome" not in found.local_unit_data
    assert "outcome" not in after(context, related(task), leader=False).local_app_data


def test_a_verb_of_every_unit_answers_in_the_unit_bag(context):
    task = Task(operation=7, step="check", verb="each", deadline=NOON)
    found = outcome(after(context, related(task), leader=False).local_unit_data)
    assert (found.task, found.status, found.finished) == ("7/check/1", Status.COMPLETED, NOON)


def test_a_task_runs_once_per_attempt(context):
    first = after(context, related(Task(operation=7, step="check", verb="each")))
    after(context, first)
    assert CALLS == ["fine"]
    again = Task(operation=7, step="check", verb="each", attempt=2)
    after(context, related(again, local_unit_data={"outcome": first.local_unit_data["outcome"]}))
    assert CALLS == ["fine", "fine"]


@pytest.mark.parametrize(("units", "calls"), [(None, 0), (("app/1",), 0), (("app/1", "app/0"), 1)])
def test_a_rolling_verb_waits_for_its_turn(context, units, calls):
    after(context, related(Task(operation=1, step="s", verb="turns", units=units)))
    assert len(CALLS) == calls


def test_an_exception_is_an_outcome_and_never_a_failed_hook(context):
    task = Task(operation=1, step="s", verb="each")
    found = outcome(after(context, related(task), "config_changed").local_unit_data)
    assert (found.status, found.message) == (Status.FAILED, "The disk is full. Free 10 GB.")
    assert found.results == {}


def test_nobody_begins_after_the_deadline(context):
    late = NOON - datetime.timedelta(seconds=1)
    task = Task(operation=1, step="s", verb="each", deadline=late)
    found = outcome(after(context, related(task)).local_unit_data)
    assert found.status is Status.FAILED
    assert "deadline 11:59:59 UTC" in found.message
    assert CALLS == []


def test_an_unknown_verb_is_answered_with_what_there_is(context):
    task = Task(operation=1, step="s", verb="fly")
    found = outcome(after(context, related(task)).local_app_data)
    assert found.message == 'app has no verb "fly"; it offers once, each, turns'


@pytest.mark.parametrize(
    "task", ["", "{", "[]", '{"operation": "many"}', '{"scope": "new", "colour": 1}']
)
def test_what_cannot_be_read_is_nobodys_task(context, task):
    found = after(context, related(task), leader=False)
    assert CALLS == []
    assert "outcome" not in found.local_unit_data


@pytest.fixture
def requirer():
    return ops.testing.Context(Requirer, meta=REQUIRER_META)


def test_the_requirer_reads_verbs_units_and_outcomes(requirer, context):
    published = after(context, related()).local_app_data
    done = Outcome(task="7/check/1", status=Status.COMPLETED)
    relation = ops.testing.Relation(
        "operations",
        remote_app_name="app",
        remote_app_data=published,
        remote_units_data={10: {}, 2: {"outcome": done.to_json()}},
    )
    state = ops.testing.State(leader=True, relations=[relation])
    with requirer(requirer.on.update_status(), state) as manager:
        (found,) = manager.charm.operations.participants()
        assert found.units == ("app/2", "app/10")
        assert found.verb("turns").scope is Scope.ROLLING
        assert found.verb("fly") is None
        assert manager.charm.operations.outcomes("7/check/1") == {"app/2": done}


def test_a_request_reaches_its_application_once_and_can_be_withdrawn(requirer):
    relation = ops.testing.Relation("operations", remote_app_name="app")
    other = ops.testing.Relation("operations", remote_app_name="other")
    task = Task(operation=7, step="check", verb="each")
    state = ops.testing.State(leader=True, relations=[relation, other])
    with requirer(requirer.on.update_status(), state) as manager:
        assert manager.charm.operations.request("app", task)
        assert not manager.charm.operations.request("app", task)
        out = manager.run()
    assert Task.model_validate_json(out.get_relation(relation.id).local_app_data["task"]) == task
    assert "task" not in out.get_relation(other.id).local_app_data
    with requirer(requirer.on.update_status(), out) as manager:
        assert manager.charm.operations.request("app", None)
        out = manager.run()
    assert "task" not in out.get_relation(relation.id).local_app_data


def test_an_unknown_status_or_scope_of_a_newer_peer_is_kept_apart():
    assert Outcome.model_validate({"status": "meditating"}).status is Status.UNKNOWN
    assert Scope("sideways") is Scope.UNKNOWN


def test_equal_tasks_are_equal_bytes():
    task = Task(operation=1, step="a", verb="b", params={"z": 1, "a": 2}, deadline=NOON)
    assert Task.model_validate_json(task.to_json()).to_json() == task.to_json()


class Prepared(pydantic.BaseModel):
    facts: str


def prepare(context: Context[str, object, NoParams]) -> Prepared:
    CALLS.append(f"prepare {context.observed}")
    if context.observed == "broken":
        raise OperationError("No disk is attached. Attach one.")
    return Prepared(facts=context.observed)


def guard(context: Context[str, object, NoParams]):
    return Go() if READY else Hold(because="kafka/1 is not in sync yet")


READY: list[bool] = []
LONG = tuple(
    JobVerb(
        name=name,
        description=name,
        prepare=prepare,
        work=lambda work: Answer(value=1),
        params=NoParams,
        spec=Prepared,
        result=Answer,
        scope=scope,
        mutating=True,
    )
    for name, scope in (("once-long", Scope.LEADER), ("each-long", Scope.UNIT))
)
GUARDED = dataclasses.replace(verb("careful", Scope.ROLLING), guard=guard)


def wait(context: Context[str, object, NoParams]) -> Answer:
    if not READY:
        raise Pending("app/1 is not ready")
    return Answer(value=len(context.task))


PATIENT = dataclasses.replace(verb("patient", Scope.LEADER), run=wait)


class LongProvider(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        jobs = Jobs(PATHS[-1], SERVICES[-1], self.unit.name)
        verbs = (*LONG, GUARDED, PATIENT)
        self.operations = OperationsProvider(
            self,
            "operations",
            verbs,
            role="keeper",
            jobs=jobs,
            now=lambda: NOON,
        )
        framework.observe(self.on.update_status, self._reconcile)
        framework.observe(self.on.config_changed, self._reconcile)

    def _reconcile(self, event: ops.EventBase):
        self.operations.publish_catalogue()
        broken = isinstance(event, ops.ConfigChangedEvent)
        self.operations.run_due("broken" if broken else "fine", object())


PATHS: list[UnitPaths] = []
SERVICES: list[FakeServices] = []


@pytest.fixture
def long(tmp_path):
    PATHS.append(UnitPaths.beside(tmp_path / "charm"))
    PATHS[-1].create()
    SERVICES.append(FakeServices())
    READY.clear()
    return ops.testing.Context(LongProvider, meta=PROVIDER_META)


def end_job(results=None, name=None):
    """The one process of a job ends well, having written its outcome."""
    (name,) = [name for name in SERVICES[-1].running if name.startswith("work-")]
    files = JobFiles(Path(SERVICES[-1].running[name].command[-1]))
    ticket = files.ticket()
    done = Outcome(task=ticket.task, status=Status.COMPLETED, results=results or {"value": 1})
    files.finish(ticket, done)
    SERVICES[-1].end(name)


def test_the_catalogue_says_what_outlives_a_hook_and_what_clients_feel(long):
    bag = after(long, related()).local_app_data
    found = {e["name"]: (e["long"], e["mutating"]) for e in json.loads(bag["catalogue"])}
    assert found == {
        "once-long": (True, True),
        "each-long": (True, True),
        "careful": (False, False),
        "patient": (False, False),
    }
    assert bag["role"] == "keeper"


def test_a_job_is_begun_told_of_and_answered(long):
    task = Task(operation=7, step="copy", verb="each-long")
    first = after(long, related(task), leader=False)
    running = outcome(first.local_unit_data)
    assert (running.task, running.status, running.unit) == (
        "7/copy/1", Status.RUNNING, "app/0",
    )  # fmt: skip
    second = after(long, first, leader=False)
    assert second.local_unit_data == first.local_unit_data
    assert CALLS == ["prepare fine"]
    end_job()
    third = after(long, second, leader=False)
    ended = outcome(third.local_unit_data)
    assert (ended.task, ended.status, ended.results) == (
        "7/copy/1", Status.COMPLETED, {"value": 1},
    )  # fmt: skip
    assert after(long, third, leader=False).local_unit_data == third.local_unit_data
    assert CALLS == ["prepare fine"]


def test_progress_is_published(long):
    task = Task(operation=7, step="copy", verb="each-long")
    first = after(long, related(task))
    (name,) = SERVICES[-1].running
    JobFiles(Path(SERVICES[-1].running[name].command[-1])).report("copies 3 of 4", 0.75)
    told = outcome(after(long, first).local_unit_data)
    assert (told.status, told.message, told.done) == (Status.RUNNING, "copies 3 of 4", 0.75)


def test_a_job_that_cannot_be_prepared_is_a_failed_task(long):
    task = Task(operation=7, step="copy", verb="each-long")
    found = outcome(after(long, related(task), "config_changed").local_unit_data)
    assert (found.status, found.message) == (Status.FAILED, "No disk is attached. Attach one.")
    assert not SERVICES[-1].running


def test_a_withdrawn_task_is_a_cancelled_job(long):
    first = after(long, related(Task(operation=7, step="copy", verb="each-long")))
    (name,) = SERVICES[-1].running
    withdrawn = dataclasses.replace(first, remote_app_data={})
    after(long, withdrawn)
    assert SERVICES[-1].journal[-1] == ("ask-to-end", name)
    SERVICES[-1].end(name)
    after(long, withdrawn)
    assert SERVICES[-1].journal[-1] == ("remove", name)


def test_a_relation_that_ends_cancels_its_job(long):
    first = after(long, related(Task(operation=7, step="copy", verb="each-long")))
    (name,) = SERVICES[-1].running
    after_all = ops.testing.State(leader=True, relations=[])
    long.run(long.on.update_status(), after_all)
    assert ("ask-to-end", name) in SERVICES[-1].journal
    assert first


def test_a_leader_that_leads_no_more_goes_on_and_answers_itself(long):
    task = Task(operation=7, step="copy", verb="once-long")
    first = after(long, related(task))
    assert outcome(first.local_app_data).status is Status.RUNNING
    end_job()
    second = after(long, first, leader=False)
    assert outcome(second.local_unit_data).status is Status.COMPLETED
    assert not [entry for entry in SERVICES[-1].journal if entry[0] == "ask-to-end"]


def test_a_new_leader_leaves_a_job_to_the_unit_that_began_it(long):
    begun = Outcome(task="7/copy/1", status=Status.RUNNING, unit="app/1")
    bags = {"local_app_data": {"outcome": begun.to_json()}}
    after(long, related(Task(operation=7, step="copy", verb="once-long"), **bags))
    assert not SERVICES[-1].running
    after(long, related(Task(operation=7, step="copy", verb="once-long", attempt=2), **bags))
    assert len(SERVICES[-1].running) == 1


def test_a_new_leader_begins_what_only_waited(long):
    waits = Outcome(task="7/copy/1", status=Status.RUNNING, message="waits: kafka/1 is down")
    bags = {"local_app_data": {"outcome": waits.to_json()}}
    found = after(long, related(Task(operation=7, step="copy", verb="once-long"), **bags))
    assert outcome(found.local_app_data).unit == "app/0"
    assert len(SERVICES[-1].running) == 1


def test_two_requirers_that_count_alike_have_a_job_each_in_turn(long):
    task = Task(operation=1, step="s", verb="each-long")
    relations = [related(task), related(task, remote_app_name="other")]
    out = long.run(long.on.update_status(), ops.testing.State(relations=relations))
    told = [outcome(out.get_relation(r.id).local_unit_data).message for r in relations]
    assert sorted(told) == ["Started", "waits: an earlier each-long is still ending"]


def test_a_guard_that_says_no_is_asked_again(long):
    task = Task(operation=1, step="s", verb="careful", units=("app/0",))
    first = after(long, related(task))
    waiting = outcome(first.local_unit_data)
    assert (waiting.status, waiting.message) == (
        Status.RUNNING, "waits: kafka/1 is not in sync yet",
    )  # fmt: skip
    assert waiting.unit == ""
    assert (CALLS, list(SERVICES[-1].running)) == ([], ["wake-later"])
    READY.append(True)
    assert outcome(after(long, first).local_unit_data).status is Status.COMPLETED
    assert CALLS == ["fine"]


def test_a_guard_is_asked_until_the_deadline(long):
    task = Task(operation=1, step="s", verb="careful", units=("app/0",))
    late = task.model_copy(update={"deadline": NOON - datetime.timedelta(seconds=1)})
    found = outcome(after(long, related(late)).local_unit_data)
    assert found.status is Status.FAILED
    assert "before careful began: kafka/1 is not in sync yet" in found.message


def test_a_verb_that_waits_for_its_charm_is_called_again_by_any_leader(long):
    task = Task(operation=1, step="s", verb="patient")
    first = after(long, related(task), leader=True)
    waiting = outcome(first.local_app_data)
    assert (waiting.status, waiting.message) == (Status.RUNNING, "app/1 is not ready")
    assert list(SERVICES[-1].running) == ["wake-later"]
    bag = waiting.model_copy(update={"unit": "app/5", "started": NOON - MINUTE}).to_json()
    READY.append(True)
    led = after(long, related(task, local_app_data={"outcome": bag}), leader=True)
    done = outcome(led.local_app_data)
    assert (done.status, done.unit, done.started) == (Status.COMPLETED, "app/0", NOON - MINUTE)


@pytest.mark.parametrize(("minutes", "seconds"), [(0, "2"), (0.5, "6"), (5, "10")])
def test_a_verb_that_waits_is_called_the_more_seldom_the_longer_it_waits(long, minutes, seconds):
    task = Task(operation=1, step="s", verb="patient")
    begun = Outcome(task=task.id, status=Status.RUNNING, started=NOON - minutes * MINUTE)
    after(long, related(task, local_app_data={"outcome": begun.to_json()}), leader=True)
    assert SERVICES[-1].running["wake-later"].environment[wake.SECONDS] == seconds


def test_a_verb_that_waits_says_at_the_deadline_for_what(long):
    task = Task(operation=1, step="s", verb="patient", deadline=NOON - MINUTE)
    begun = Outcome(task=task.id, status=Status.RUNNING, started=NOON - 2 * MINUTE).to_json()
    out = after(long, related(task, local_app_data={"outcome": begun}), leader=True)
    found = outcome(out.local_app_data)
    assert found.status is Status.FAILED
    assert "before patient ended: app/1 is not ready" in found.message


def test_a_charm_that_forgot_the_jobs_is_told_when_it_is_made(context):
    class Forgetful(ops.CharmBase):
        def __init__(self, framework: ops.Framework):
            super().__init__(framework)
            with pytest.raises(TypeError, match="jobs= for once-long, each-long, careful"):
                OperationsProvider(self, "operations", (*LONG, GUARDED))

    forgetful = ops.testing.Context(Forgetful, meta=PROVIDER_META)
    forgetful.run(forgetful.on.update_status(), ops.testing.State())


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({1: {"outcome": "completed"}}, Status.COMPLETED),
        ({1: {}}, Status.RUNNING),
        ({0: {}}, Status.FAILED),
    ],
)
def test_the_requirer_knows_what_became_of_a_job_whose_leader_changed(requirer, units, expected):
    begun = Outcome(task="7/copy/1", status=Status.RUNNING, unit="app/1")
    done = Outcome(task="7/copy/1", status=Status.COMPLETED, unit="app/1").to_json()
    relation = ops.testing.Relation(
        "operations",
        remote_app_name="app",
        remote_app_data={"outcome": begun.to_json(), "role": "keeper"},
        remote_units_data={n: dict.fromkeys(bag, done) for n, bag in units.items()},
    )
    state = ops.testing.State(leader=True, relations=[relation])
    with requirer(requirer.on.update_status(), state) as manager:
        (found,) = manager.charm.operations.participants()
        assert found.role == "keeper"
        assert found.outcomes["app"].status is expected


def test_changes_can_be_passed_over_while_nobody_asks_for_anything(tmp_path):
    context = ops.testing.Context(Provider, meta=PROVIDER_META, charm_root=tmp_path)
    said = tmp_path / ".passed-over"
    after(context, related())
    assert said.read_text() == "operations-relation-changed task\n"
    said.unlink()
    after(context, related(Task(id="1/once/1", verb="once", operation=1)))
    assert not said.exists()
