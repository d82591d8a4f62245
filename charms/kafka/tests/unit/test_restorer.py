# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import pytest
from builders import a_recovery

from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.operations import OperationError
from dataops.testing import FakeServices
from recovery import Share
from restorer import SERVICE, Restorer

MORE = {"unit": "kafka/0", "juju_exec": "juju-exec", "node": 0, "addresses": ["10.0.0.1"]}
STORE = Target(
    kind="s3", bucket="b", endpoint="https://s", access_key="AK", secret_key="very-secret"
)


@pytest.fixture
def restorer(tmp_path):
    paths = UnitPaths(tmp_path / "workload")
    paths.create()
    storage = tmp_path / "storage"
    (storage / "kafka" / "a-0").mkdir(parents=True)
    return Restorer(paths, FakeServices(), storage, None)


def stage(restorer, name="r1"):
    """What the process leaves when it has placed a share."""
    logs = restorer.storage / "kafka.restoring" / "logs"
    (logs / "b-0").mkdir(parents=True)
    (logs / "restored.json").write_text(json.dumps({"name": name}))
    say(restorer, Share(name, "placed"))


def say(restorer, share):
    (restorer.paths.control / "restoring-share.json").write_text(json.dumps(share.__dict__))


def test_the_store_s_keys_are_in_one_file_only(restorer):
    restorer.work("place", a_recovery(), STORE, MORE, str)
    spec = restorer.paths.control / "restoring.json"
    assert spec.stat().st_mode & 0o077 == 0 and "very-secret" in spec.read_text()
    service = restorer.services.running[SERVICE]
    assert "very-secret" not in " ".join(service.command) + str(service.environment)
    assert service.restart == "on-failure"


def test_a_part_that_is_done_is_not_done_again(restorer):
    stage(restorer)
    restorer.work("place", a_recovery(), STORE, MORE, str)
    assert SERVICE not in restorer.services.running
    restorer.work("finish", a_recovery(), STORE, MORE, str)
    assert SERVICE in restorer.services.running


def test_a_store_that_is_gone_is_told(restorer):
    restorer.work("place", a_recovery(), None, MORE, str)
    assert restorer.share.state == "failed" and "s3" in restorer.share.text


def test_a_key_that_cannot_be_read_is_told(restorer):
    def key():
        raise OperationError("Cannot read the secret")

    restorer.work("place", a_recovery(), STORE, MORE, key)
    assert restorer.share == Share("r1", "failed", "Cannot read the secret")


def test_what_another_restore_left_is_no_part_of_this_one(restorer):
    restorer.work("place", a_recovery(name="r0"), STORE, MORE, str)
    kept = restorer.storage / "kafka.restoring" / "placed"
    kept.mkdir()
    restorer.work("place", a_recovery(name="r0"), STORE, MORE, str)
    assert kept.exists()
    restorer.work("place", a_recovery(name="r1"), STORE, MORE, str)
    assert not kept.exists()


def test_the_restored_data_takes_the_place_of_the_old(restorer):
    stage(restorer)
    restorer.take_over(a_recovery())
    assert restorer.restored == "r1"
    assert (restorer.storage / "kafka" / "b-0").is_dir()
    assert (restorer.storage / "kafka.replaced" / "a-0").is_dir()
    restorer.take_over(a_recovery())
    assert (restorer.storage / "kafka" / "b-0").is_dir()
    assert restorer.leftovers
    restorer.discard()
    assert not restorer.leftovers and not (restorer.storage / "kafka.replaced").exists()


def test_a_kill_between_the_two_renames_loses_nothing(restorer):
    stage(restorer)
    data = restorer.storage / "kafka"
    data.rename(restorer.storage / "kafka.replaced")
    assert restorer.share.state == "placed"
    restorer.take_over(a_recovery())
    assert (data / "b-0").is_dir()
    assert (restorer.storage / "kafka.replaced" / "a-0").is_dir()


def test_what_a_lost_disk_held_is_not_placed(restorer):
    say(restorer, Share("r1", "placed"))
    assert restorer.share == Share()
