# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
import time

import pytest
from builders import but, observed

import backups
import steps
from continuous import Spec
from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.operations import OperationError
from dataops.testing import FakeServices
from listeners import files
from observed import Config
from plan import plan
from shipped import Shipped
from shipping import SERVICE, SPEC, Shipping
from status import statuses

NOW = 1_800_000_000.0
ON = Config(continuous_backup_minutes=5)
STORE = Target(
    kind="s3", bucket="b", endpoint="https://s", access_key="AK", secret_key="very-secret"
)


@pytest.fixture
def shipping(tmp_path):
    paths = UnitPaths(tmp_path / "workload")
    paths.create()
    paths.control.mkdir(exist_ok=True)
    return Shipping(paths, FakeServices())


def test_the_store_s_keys_are_in_one_file_only(shipping):
    assert shipping.keep(lambda: {"secret": "very-secret"}, NOW)
    spec = shipping.paths.control / SPEC
    assert spec.stat().st_mode & 0o077 == 0 and "very-secret" in spec.read_text()
    service = shipping.services.running[SERVICE]
    assert "very-secret" not in " ".join(service.command) + str(service.environment)
    assert service.restart == "always"


def test_a_process_that_runs_follows_what_it_is_told_by_itself(shipping):
    shipping.keep(lambda: {"minutes": 5}, NOW)
    started = list(shipping.services.journal)
    assert not shipping.keep(lambda: {"minutes": 1}, NOW + 9)
    assert json.loads((shipping.paths.control / SPEC).read_text()) == {"minutes": 1}
    assert [one for one in shipping.services.journal[len(started) :] if "start" in str(one)] == []
    assert shipping.state == Shipped(since=NOW)


def test_a_key_that_cannot_be_read_is_said(shipping):
    def unreadable():
        raise OperationError("Cannot read the secret")

    assert not shipping.keep(unreadable, NOW)
    assert shipping.state == Shipped(since=NOW, why="Cannot read the secret")
    assert SERVICE not in shipping.services.running


def test_it_ends_and_nothing_stays(shipping):
    assert not shipping.stop()
    shipping.keep(dict, NOW)
    assert shipping.stop()
    assert SERVICE not in shipping.services.running
    assert shipping.state is None
    assert not list(shipping.paths.control.glob("continuous*"))


def test_the_process_is_told_everything(world):
    facts = but(world.facts(2), config=ON)
    spec = Spec.model_validate_json(json.dumps(backups.lasting(facts, world.workload)))
    assert (spec.minutes, spec.leader, spec.key) == (5, True, world.key.text)
    assert "very-secret" in json.dumps(backups.lasting(but(facts, store=STORE), world.workload)), (
        "the process needs it, and reads it from its own file"
    )


def test_only_the_leader_makes_the_key(world):
    backups.lasting(world.facts(2, node=1, config=ON), world.workload)
    assert world.key is None


def planned(**more):
    kinds = steps.KeepShipping, steps.StopShipping
    return [step for step in plan(observed(**more)) if isinstance(step, kinds)]


def test_it_runs_where_there_is_a_place_for_backups_and_goes_when_there_is_none():
    assert planned(config=ON, store=STORE) == [steps.KeepShipping(5)]
    assert planned(config=ON) == planned(store=STORE) == []
    runs = but(observed().broker, shipped=Shipped(since=NOW))
    assert planned(config=ON, broker=runs) == [steps.StopShipping()]
    assert planned(store=STORE, broker=runs) == [steps.StopShipping()]


def test_it_goes_on_while_the_broker_is_away(world):
    assert planned(config=ON, store=STORE, cluster=None) == [steps.KeepShipping(5)]


def test_it_rests_while_a_restore_puts_another_cluster_in_the_place():
    from builders import a_recovery

    runs = but(observed().broker, shipped=Shipped(since=NOW))
    for stage, wanted in (("placing", steps.StopShipping()), ("done", steps.KeepShipping(5))):
        agreement = but(observed().agreement, recovery=a_recovery(stage=stage))
        found = planned(config=ON, store=STORE, broker=runs, agreement=agreement)
        assert found == [wanted], stage


def test_prometheus_is_told_up_to_when_all_is_safe():
    shipped = Shipped(since=NOW, until=NOW + 60)
    found = observed(config=ON, store=STORE, broker=but(observed().broker, shipped=shipped))
    (text,) = [s.files["jmx.yaml"] for s in plan(found) if isinstance(s, steps.Configure)]
    assert f"name: kafka_backup_restorable_timestamp_seconds\n    value: {NOW + 60:.0f}" in text
    assert "name: kafka_backup_interval_seconds\n    value: 300" in text
    assert found.fingerprint == observed(config=ON, store=STORE).fingerprint, "no restart for it"
    assert "kafka_backup" not in files(found.settings)["jmx.yaml"]


def test_the_operator_is_told_what_keeps_it_from_going_on():
    shipped = Shipped(since=NOW, why="the store is full")
    found = observed(config=ON, store=STORE, broker=but(observed().broker, shipped=shipped))
    (status,) = statuses(found)
    day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(NOW))
    assert status.message == f"no backup since {day}: the store is full"
    (status,) = statuses(observed(config=ON))
    assert "although continuous-backup-minutes=5: juju integrate kafka:s3" in status.message
