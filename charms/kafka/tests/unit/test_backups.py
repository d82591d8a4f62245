# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from backups import Spec, access, prepared, told
from dataops.backup.finishing import FinishError
from dataops.backup.manifest import NewerError, UnreadableError
from dataops.backup.pruning import CollectingError
from dataops.backup.sealed import Key, SealError
from dataops.backup.shelf import DamagedError
from dataops.backup.taking import TakingError
from dataops.objectstore import Target, Unreachable
from dataops.operations import OperationError
from facts import ClusterError
from operations.begin_backup import VERB as BEGIN
from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB as LIST
from operations.prune_backups import VERB as PRUNE
from operations.verify_backup import VERB as VERIFY


def test_a_cluster_without_a_place_for_backups_says_how_to_get_one(world):
    with pytest.raises(OperationError, match=r"no place for backups.*juju integrate kafka:s3"):
        access(world.facts(store=None), world.workload)
    with pytest.raises(OperationError, match="for backups: the store has not answered"):
        access(world.facts(store=None, store_trouble="the store has not answered"), world.workload)


def test_the_job_is_told_everything_and_shows_no_key(world):
    world.key = Key.new()
    spec = Spec.model_validate(prepared(world.facts(nodes=3), world.workload))
    assert spec.opened() == world.key
    assert world.key.text not in repr(spec)
    assert spec.units == {0: "kafka/0", 1: "kafka/1", 2: "kafka/2"}
    assert spec.pace == 40
    assert Spec.model_validate(spec.model_dump(mode="json", context={"revealed": True})) == spec


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("why"), UnreadableError("why"), NewerError("why"), SealError("why"),
        TakingError("why"), FinishError("why"), CollectingError("why"), ClusterError("why"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_in_its_own_words(error):
    with pytest.raises(OperationError, match=r"^why$"), told():
        raise error


def test_a_damaged_object_is_named():
    with pytest.raises(OperationError, match=r"^segments/x: why$"), told():
        raise DamagedError("segments/x", "why")


@pytest.mark.parametrize("verb", [CREATE, BEGIN, LIST, PRUNE, VERIFY], ids=lambda verb: verb.name)
@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "InvalidAccessKeyId", "does not accept our keys"),
        (403, "RequestTimeTooSkewed", "finds our clock wrong"),
        (404, "NoSuchBucket", "there is no bucket mine"),
    ],
)
def test_a_store_that_refuses_is_named_by_every_verb(world, refusing, verb, status, code, why):
    refusing.says(status, code)
    with pytest.raises(OperationError, match=why) as told:
        world.call(verb, facts=world.facts(store=refusing.target))
    assert "127.0.0.1" in str(told.value) and "very-secret" not in str(told.value)
    assert not list((world.root / "storage").glob("backup/cuts/*")), "no link stays"


@pytest.mark.parametrize("verb", [CREATE, BEGIN, LIST, PRUNE, VERIFY], ids=lambda verb: verb.name)
def test_a_store_that_is_away_is_named_by_every_verb(world, verb):
    away = Target(kind="local", directory="/none/there")
    with pytest.raises(OperationError, match="There is no directory /none/there"):
        world.call(verb, facts=world.facts(store=away))
