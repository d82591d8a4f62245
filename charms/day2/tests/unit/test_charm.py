# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime
import json
from pathlib import Path

import ops
import ops.testing
import pytest
import yaml

import journal
from charm import Day2Charm
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.interfaces.operations import CatalogueEntry, Outcome, Status, Task, utc_now
from dataops.operations import Check, HealthCheck, Scope
from dataops.testing import FakeServices
from driver import Driver
from library import FOLDER
from reading import load

ROOT = Path(__file__).parents[2]
CATALOGUE = json.dumps(
    [CatalogueEntry(name="health-check", scope=Scope.UNIT).model_dump(mode="json")]
)
WELL = HealthCheck(checks=(Check(name="process", ok=True, detail="runs"),))
SICK = HealthCheck(checks=(Check(name="disk", ok=False, detail="full", next_move="Add one."),))


class Application:
    """A related application, and what its units have answered so far."""

    def __init__(self, name: str, units: int):
        self.relation = ops.testing.Relation(
            "operations",
            remote_app_name=name,
            remote_app_data={"catalogue": CATALOGUE},
            remote_units_data={number: {} for number in range(units)},
        )

    def of(self, state: ops.testing.State) -> ops.testing.Relation:
        return state.get_relation(self.relation.id)

    def task(self, state: ops.testing.State) -> Task | None:
        text = self.of(state).local_app_data.get("task")
        return Task.model_validate_json(text) if text else None

    def answer(self, state, unit, result) -> ops.testing.State:
        """The state after one of its units has answered the task it is asked."""
        outcome = Outcome(
            task=self.task(state).id,
            status=Status.COMPLETED,
            results=result.model_dump(mode="json", by_alias=True),
        )
        relation = self.of(state)
        units = {**relation.remote_units_data, unit: {"outcome": outcome.to_json()}}
        changed = dataclasses.replace(relation, remote_units_data=units)
        others = {r for r in state.relations if r.id != relation.id}
        return dataclasses.replace(state, relations=others | {changed})


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    """The unit's own directories, and services without processes."""
    fake = FakeServices()
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake)
    monkeypatch.setattr(UnitPaths, "of", lambda charm: UnitPaths(tmp_path / "workload"))
    return fake


@pytest.fixture
def context():
    return ops.testing.Context(Day2Charm, charm_root=ROOT)


@pytest.fixture
def kafka():
    return Application("kafka", 3)


@pytest.fixture
def state(kafka):
    return ops.testing.State(
        leader=True,
        model=ops.testing.Model(name="pipeline"),
        relations=[kafka.relation, ops.testing.PeerRelation("peers")],
        storages=[ops.testing.Storage("data")],
    )


@pytest.fixture
def later(monkeypatch):
    """Lets time pass for the driver."""

    def pass_time(seconds: float) -> None:
        defaults = Driver.__init__.__kwdefaults__
        then = utc_now() + datetime.timedelta(seconds=seconds)
        monkeypatch.setitem(defaults, "now", lambda: then)

    return pass_time


def records(state) -> journal.Journal:
    (peers,) = (r for r in state.relations if r.endpoint == "peers")
    return journal.from_text(peers.local_app_data.get("journal", ""))


def run(context, state, action, **params):
    return context.run(context.on.action(action, params=params), state)


def test_a_health_check_is_followed_to_its_end(context, state, kafka):
    state = run(context, state, "health-check")
    assert context.action_results["operation"] == "1"
    assert context.action_results["follow"] == "juju run day2/leader show-operation id=1"
    assert kafka.task(state).units == ("kafka/0", "kafka/1", "kafka/2")
    assert state.unit_status == ops.MaintenanceStatus("health-check #1: kafka 0/3")

    for unit in range(3):
        state = kafka.answer(state, unit, WELL)
        state = context.run(context.on.relation_changed(kafka.of(state), remote_unit=unit), state)
    assert kafka.task(state) is None
    assert state.unit_status.name == "active"
    assert "all well" in state.unit_status.message
    assert journal.flaws(records(state)) == ()


def test_a_sick_unit_is_asked_again_and_blocks_with_the_next_move(context, state, kafka, later):
    state = run(context, state, "health-check")
    for unit, result in enumerate((WELL, SICK, WELL)):
        state = kafka.answer(state, unit, result)
    state = context.run(context.on.update_status(), state)
    assert state.unit_status == ops.MaintenanceStatus("health-check #1: check is tried again")
    for moment in (15, 30):
        later(moment)
        state = context.run(context.on.update_status(), state)
        assert kafka.task(state).units == ("kafka/1",)
        state = context.run(context.on.update_status(), kafka.answer(state, 1, SICK))
    assert state.unit_status.name == "blocked"
    assert "kafka/1 disk: full" in state.unit_status.message
    run(context, state, "show-operation", id=1)
    assert context.action_results["next-moves"] == "kafka/1 disk: full. Next: Add one."
    assert context.action_results["steps"]["check"]["kafka-0"] == "1 of 1 checks well"


def test_a_second_operation_waits_for_the_first(context, state):
    state = run(context, state, "health-check")
    run(context, state, "health-check")
    assert context.action_results["status"] == "waiting for health-check #1"


def test_a_report_can_be_fetched_once_it_has_ended(context, state, kafka):
    state = run(context, state, "health-check")
    with pytest.raises(ops.testing.ActionFailed, match="has not ended"):
        run(context, state, "get-report")
    for unit in range(3):
        state = kafka.answer(state, unit, WELL)
    state = context.run(context.on.update_status(), state)
    run(context, state, "get-report")
    page = Path(context.action_results["html"])
    assert f"juju scp day2/0:{page} ." in context.action_results["fetch"]
    assert "all well" in page.read_text()
    run(context, state, "verify-report")
    assert context.action_results["verdict"].startswith("The signature holds")
    (secret,) = state.secrets
    assert "PRIVATE" in secret.latest_content["private-key"]
    assert "PRIVATE" not in str([relation.local_app_data for relation in state.relations])


def test_every_unit_keeps_a_copy_of_the_journal(context, state):
    state = run(context, state, "health-check")
    follower = dataclasses.replace(state, leader=False)
    with context(context.on.update_status(), follower) as manager:
        out = manager.run()
        (storage,) = manager.charm.model.storages["data"]
        copy = (storage.location / "journal.jsonl").read_text()
    assert journal.from_text(copy) == records(out) != ()


def test_an_operation_is_refused_with_every_reason(context):
    state = ops.testing.State(leader=False, relations=[ops.testing.PeerRelation("peers")])
    with pytest.raises(ops.testing.ActionFailed) as refusal:
        run(context, state, "health-check")
    assert "juju run day2/leader health-check" in refusal.value.message
    assert "juju integrate day2:operations kafka:operations" in refusal.value.message


def test_a_report_without_anything_to_read_is_refused(context, state):
    with pytest.raises(ops.testing.ActionFailed, match="nothing to read from") as refusal:
        run(context, state, "performance-report", window="fortnight")
    assert '"fortnight" is no duration' in refusal.value.message
    assert records(refusal.value.state) == ()


def test_day2_without_applications_says_what_to_relate(context):
    state = ops.testing.State(leader=True, storages=[ops.testing.Storage("data")])
    out = context.run(context.on.start(), state)
    assert out.unit_status == ops.BlockedStatus(
        "relate an application: juju integrate day2:operations kafka"
    )


def test_the_newest_operations_come_first(context, state):
    state = run(context, state, "health-check")
    run(context, state, "list-operations")
    assert "health-check" in context.action_results["operations"].splitlines()[1]


OURS = """\
- name: ours
  description: Ours.
  params: {deep: {type: boolean, default: false}}
  steps:
    - {name: look, verb: health-check, applications: kafka, approval: true, verify: healthy}
"""


def configured(state, **options):
    return dataclasses.replace(state, config=options)


def test_a_plan_of_the_team_waits_for_approval_and_ends(context, state, kafka):
    state = configured(state, plans=OURS)
    state = run(context, state, "run-operation", plan="ours", params="deep=true")
    assert context.action_results["status"] == "awaiting-approval"
    approve = "juju run day2/leader approve-operation id=1 step=look"
    assert context.action_results["approve"] == approve
    assert state.unit_status.name == "blocked"
    assert "approve-operation" in state.unit_status.message
    state = run(context, state, "approve-operation")
    assert kafka.task(state).units == ("kafka/0", "kafka/1", "kafka/2")
    state = run(context, state, "cancel-operation")
    assert context.action_results["status"] == "cancelled"
    assert kafka.task(state) is None
    state = run(context, state, "resume-operation", params="deep=false")
    state = run(context, state, "approve-operation", id=1, step="look")
    for unit in range(3):
        state = kafka.answer(state, unit, WELL)
    state = context.run(context.on.update_status(), state)
    assert state.unit_status.name == "active"


def test_a_dry_run_tells_and_changes_nothing(context, state):
    out = run(
        context, configured(state, plans=OURS), "run-operation", plan="ours", **{"dry-run": True}
    )
    told = context.action_results
    assert (told["operation"], told["ready"]) == ("ours", "true")
    assert told["preconditions"]["step-look"] == "ok: health-check on kafka (unit, 3 units)"
    assert records(out) == ()
    run(context, state, "health-check", **{"dry-run": True})
    assert context.action_results["steps"]["01"].startswith("step check: health-check on all")


@pytest.mark.parametrize(
    ("params", "hint"),
    [
        ({"plan": "hours"}, "There is no plan hours; there are "),
        ({"plan": "ours", "params": "deep=x"}, "ours: deep: 'x' is not of type 'boolean'"),
    ],
)
def test_what_cannot_be_run_is_refused(context, state, params, hint):
    with pytest.raises(ops.testing.ActionFailed) as refusal:
        run(context, configured(state, plans=OURS), "run-operation", **params)
    assert hint in refusal.value.message


def test_a_bad_option_blocks_with_the_line_and_disturbs_nothing(context, state, kafka):
    state = run(context, state, "health-check")
    state = configured(state, plans=f"{OURS}  colour: red\n", schedule="- {plan: x, cron: y}")
    state = context.run(context.on.config_changed(), state)
    assert state.unit_status.name == "blocked"
    assert state.unit_status.message.startswith("plans line 6: colour: there is no such key")
    assert kafka.task(state) is not None
    for unit in range(3):
        state = kafka.answer(state, unit, WELL)
    state = context.run(context.on.update_status(), state)
    assert records(state)[-1].kind in ("finished", "reported")


def test_a_schedule_wakes_the_charm(context, state, machine, tmp_path):
    state = configured(state, schedule="- {plan: health-check, cron: 0 3 * * *}")
    state = context.run(context.on.config_changed(), state)
    assert "timer" in machine.running
    assert records(state)[-1].kind == "scheduled"
    follower = dataclasses.replace(state, leader=False)
    context.run(context.on.update_status(), follower)
    assert not (tmp_path / "workload" / "control" / "wake-at").exists()


def test_a_journal_that_was_damaged_stops_everything_but_the_charm(context, state):
    broken = ops.testing.PeerRelation("peers", local_app_data={"journal": "scribble"})
    others = [r for r in state.relations if r.endpoint != "peers"]
    state = dataclasses.replace(state, relations=[*others, broken])
    state = context.run(context.on.update_status(), state)
    assert state.unit_status.name == "blocked"
    assert "changed from outside: line 1 of the journal" in state.unit_status.message
    with pytest.raises(ops.testing.ActionFailed, match="changed from outside"):
        run(context, state, "health-check")
    with pytest.raises(ops.testing.ActionFailed, match="changed from outside"):
        run(context, state, "cancel-operation")


def test_every_copy_of_the_journal_is_verified(context, state, machine):
    run(context, state, "verify-journal")
    # A copy outside is read by a job, and takes its time.
    assert context.action_results["status"] == "running"
    assert any(name.startswith("work-verify-journal") for name in machine.running)


def test_copies_go_to_the_store_that_is_related(context, state, machine):
    secret = ops.testing.Secret({"access-key": "AKID", "secret-key": "sesame"})
    bag = {"bucket": "b", "endpoint": "http://10.0.0.9:9000", "secret-extra": secret.id}
    store = ops.testing.Relation("s3", remote_app_data=bag)
    state = dataclasses.replace(state, relations=[*state.relations, store], secrets=[secret])
    state = run(context, state, "health-check")
    state = context.run(context.on.update_status(), state)
    assert state.get_relation(store.id).local_app_data["bucket"] == "dataops"
    assert "keeper" in machine.running
    assert "sesame" not in str(state.get_relation(store.id).local_app_data)


def test_a_directory_that_is_none_is_named(context, state):
    state = dataclasses.replace(state, config={"backup-directory": "not/absolute"})
    out = context.run(context.on.update_status(), state)
    assert out.unit_status == ops.ActiveStatus(
        "no copies outside: backup-directory 'not/absolute' is not an absolute path"
    )


def test_what_decides_is_asked_of_the_leader(context, state):
    with pytest.raises(ops.testing.ActionFailed, match="juju run day2/leader cancel-operation"):
        run(context, dataclasses.replace(state, leader=False), "cancel-operation")


def test_a_unit_that_goes_leaves_no_process_behind(context, state, machine):
    state = run(context, state, "health-check")
    assert machine.running
    context.run(context.on.stop(), state)
    assert not machine.running


def test_every_built_in_plan_has_an_action_with_its_parameters():
    actions = yaml.safe_load((ROOT / "charmcraft.yaml").read_text())["actions"]
    for name, source in load(FOLDER).items():
        params = dict(actions[name].get("params", {}))
        assert params.pop("dry-run")["type"] == "boolean"
        told = {key: (each.get("type"), each.get("default")) for key, each in params.items()}
        plan = source.plan
        assert told == {k: (s.get("type"), s.get("default")) for k, s in plan.params.items()}, name
