# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json

import ops
import ops.testing
import pytest

from dataops.interfaces.operations import (
    OperationsProvider,
    OperationsRequirer,
    Outcome,
    Status,
    Task,
)
from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
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
        assert manager.charm.operations.catalogues() == {"app": found.catalogue}


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
