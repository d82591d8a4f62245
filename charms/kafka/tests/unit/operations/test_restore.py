# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime
import re

import pytest
from builders import CLUSTER_ID, a_cluster, a_recovery, but, observed

from dataops.backup.manifest import manifest_key
from dataops.backup.metadata import DIRECTORY, write_checkpoint
from dataops.backup.shelf import Shelf
from dataops.objectstore import Target, open_store
from dataops.operations import Context, OperationError, Pending
from dataops.testing.backups import backup_of
from operations.restore import VERB, RestoreParams, run
from recovery import Recovery

BACKUP = "20261122T215036Z"


class Workload:
    def __init__(self):
        self.agreed = {}

    def agree(self, values):
        self.agreed.update(values)


@pytest.fixture
def workload():
    return Workload()


@pytest.fixture
def shelf(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "data" / DIRECTORY).mkdir(parents=True)
    (tmp_path / "data" / DIRECTORY / f"{0:020}.log").write_bytes(write_checkpoint([], 1))
    target = Target(kind="local", directory=str(tmp_path / "store"))
    return Shelf(open_store(target), CLUSTER_ID)


@pytest.fixture
def ready(shelf, tmp_path):
    backup_of(tmp_path / "data", shelf)
    return but(observed(), store=shelf.store.target, cluster=a_cluster(partitions=()), now=9.0)


def ask(o, workload, task="t1", **params):
    made = RestoreParams.model_validate(params)
    return run(Context(o, workload, made, lambda line: None, None, task))


def refused(o, workload, task="t1", **params):
    with pytest.raises(OperationError) as told:
        ask(o, workload, task, **params)
    assert not workload.agreed
    return str(told.value)


def test_it_begins_with_the_newest_good_backup(ready, workload):
    with pytest.raises(Pending, match=f"backup {BACKUP} is being placed on 3 units"):
        ask(ready, workload)
    recovery = Recovery.from_text(workload.agreed["recovery"])
    assert (recovery.backup, recovery.source, recovery.members) == (BACKUP, CLUSTER_ID, (0, 1, 2))
    assert recovery.cluster_id not in ("", CLUSTER_ID)


def test_what_is_in_it_has_to_be_confirmed(ready, workload):
    full = but(ready, cluster=a_cluster())
    assert "not empty: it has orders. " in refused(full, workload)
    assert "confirm=kafka" in refused(full, workload)
    assert "confirm=spark is not" in refused(full, workload, confirm="spark")
    assert "does not answer" in refused(but(ready, cluster=None), workload)
    with pytest.raises(Pending):
        ask(but(ready, cluster=None), workload, confirm="kafka")


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"backup": "20200101T000000Z"}, f"no finished backup 20200101T000000Z.*{BACKUP}"),
        ({"topics": "a, b"}, "no topic a"),
        ({"to-time": "yesterday"}, "'yesterday' is no time"),
        ({"to-time": "2026-11-22T21:50:00"}, "is no time with its zone"),
        ({"to-time": "2199-01-01T00:00:00Z"}, "choose a later backup"),
        ({"cluster": "other"}, f"other has no good backup.*there: cluster={CLUSTER_ID}$"),
    ],
)
def test_what_cannot_be_had_is_refused(ready, workload, params, why):
    with pytest.raises(OperationError, match=why):
        ask(ready, workload, **params)
    assert not workload.agreed


def test_a_damaged_manifest_is_refused(ready, workload, shelf):
    shelf.put(manifest_key(BACKUP), b'{"format": 1, "id"')
    assert "truncated" in refused(ready, workload, backup=BACKUP)
    shelf.put(manifest_key(BACKUP), b'{"format": 9}')
    assert "format 9" in refused(ready, workload, backup=BACKUP)


@pytest.mark.parametrize("recovered", [False, True])
@pytest.mark.parametrize(
    ("store", "why"),
    [
        ({"kind": "local", "directory": "/none/there"}, "/none/there"),
        (
            {"kind": "s3", "bucket": "b", "endpoint": "http://127.0.0.1:1", "access_key": "a",
             "secret_key": "hush"},
            "Cannot reach.*nothing listens there",
        ),
    ],
)  # fmt: skip
def test_a_store_that_is_away_is_named(ready, workload, store, why, recovered, monkeypatch):
    monkeypatch.setattr("operations.restore._PATIENCE", datetime.timedelta(milliseconds=200))
    o = but(ready, store=Target.model_validate(store))
    if recovered:
        o = with_recovery(o, stage="done")
    told = refused(o, workload, task="t2")
    assert re.search(why, told) and "hush" not in told


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "InvalidAccessKeyId", "does not accept our keys"),
        (403, "RequestTimeTooSkewed", "finds our clock wrong"),
        (404, "NoSuchBucket", "there is no bucket mine"),
    ],
)
def test_a_store_that_refuses_is_named(ready, workload, refusing, status, code, why):
    refusing.says(status, code)
    told = refused(but(ready, store=refusing.target), workload)
    assert why in told and "very-secret" not in told


def test_no_store_and_no_rest_are_told(ready, workload):
    assert "juju integrate kafka:s3" in refused(but(ready, store=None), workload)
    assert "come or go" in refused(but(ready, planned=4), workload)


def with_recovery(o, **more):
    recovery = a_recovery(**more)
    return but(o, agreement=dataclasses.replace(o.agreement, recovery=recovery))


def test_it_is_followed_to_its_end(ready, workload):
    with pytest.raises(Pending, match="placing backup"):
        ask(with_recovery(ready), workload)
    account = {"partitions": 4, "bytes": 9_000_000, "groups": 2}
    done = with_recovery(ready, stage="done", began=1.0, ended=8.5, account=account)
    result = ask(done, workload)
    assert (result.partitions, result.groups, result.seconds) == (4, 2, 7.5)
    assert "9.0 MB" in result.summary and not workload.agreed


def test_a_failure_says_that_nothing_was_changed(ready, workload):
    failed = with_recovery(ready, stage="failed", why="kafka/1: no room")
    assert refused(failed, workload).startswith("kafka/1: no room. Nothing of kafka was changed")


def test_after_its_end_the_next_one_begins(ready, workload):
    done = with_recovery(ready, stage="done")
    with pytest.raises(Pending):
        ask(done, workload, task="t2")
    assert Recovery.from_text(workload.agreed["recovery"]).task == "t2"


def test_a_person_sees_the_end_once(ready, workload):
    done = with_recovery(ready, stage="done", task="action")
    ask(done, workload, task="")
    told = Recovery.from_text(workload.agreed["recovery"])
    assert told.told
    seen = but(ready, agreement=dataclasses.replace(ready.agreement, recovery=told))
    with pytest.raises(Pending):
        ask(seen, workload, task="")


def test_the_backups_of_the_cluster_that_was_restored_are_found(ready, workload):
    done = with_recovery(ready, stage="done", source=CLUSTER_ID)
    moved = dataclasses.replace(done.agreement, cluster_id="new")
    with pytest.raises(Pending):
        ask(but(done, agreement=moved), workload, task="t2")
    assert Recovery.from_text(workload.agreed["recovery"]).source == CLUSTER_ID


def test_the_leader_does_it_and_no_canary_is_wanted():
    assert VERB.scope.value == "leader" and not VERB.mutating
