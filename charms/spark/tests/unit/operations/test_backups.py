# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A backup of a unit's files, there and back."""

import dataclasses

import pytest

from dataops.objectstore import Target
from dataops.operations import OperationError
from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB as LIST
from operations.prune_backups import VERB as PRUNE
from operations.restore import VERB as RESTORE
from operations.stop_job import VERB as STOP
from operations.verify_backup import VERB as VERIFY

UUID = "12345678-0000-4000-8000-000000000000"
OFFSETS = 'v1\n{}\n{"flights":{"0":120}}\n'


@pytest.fixture
def unit(spark, facts, data, tmp_path):
    """Calls a verb of spark/0, which has a store and a checkpoint."""
    (tmp_path / "store").mkdir()
    store = Target(kind="local", directory=str(tmp_path / "store"))
    for name, text in (("offsets/3", OFFSETS), ("commits/2", "v1"), ("state/0/0/3.delta", "x")):
        path = data / "checkpoints" / "flights-hourly" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def call(verb, params=None, **fields):
        fields = {"store": store, "model": "m", "model_uuid": UUID, **fields}
        return verb.call(facts(**fields), spark, params or {})

    return call


def test_a_checkpoint_comes_back(unit, data):
    made = unit(CREATE)
    assert made.place == "spark-0-12345678"
    assert made.files >= 3
    (listed,) = unit(LIST).backups
    assert (listed.id, listed.files, listed.state) == (made.id, made.files, "good")
    assert "files" in unit(LIST).table.splitlines()[0]
    assert "every hash" in unit(VERIFY, {"id": made.id}).summary
    offsets = data / "checkpoints" / "flights-hourly" / "offsets"
    (offsets / "3").unlink()
    (offsets / "4").write_text("later")
    unit(STOP, {"name": "flights-hourly"})
    restored = unit(RESTORE, {"confirm": "spark/0"})
    assert restored.id == made.id
    assert [path.name for path in offsets.iterdir()] == ["3"]
    assert (offsets / "3").read_text() == OFFSETS
    assert "flights-0 to 120" in restored.summary
    assert "flights-hourly" in (data / "restored-jobs.yaml").read_text()
    (aside,) = data.glob("replaced-*")
    assert (aside / "checkpoints" / "flights-hourly" / "offsets" / "4").exists()
    assert not (data / ".backup" / "restoring").exists()


def test_nothing_is_put_under_a_running_job(unit):
    unit(CREATE)
    with pytest.raises(OperationError, match="stop-job name=flights-hourly"):
        unit(RESTORE, {"confirm": "spark/0"})


def test_it_has_to_be_meant(unit):
    unit(CREATE)
    unit(STOP, {"name": "flights-hourly"})
    with pytest.raises(OperationError, match="confirm=spark/0"):
        unit(RESTORE, {"confirm": "spark"})


def test_another_unit_restores_by_the_place(unit):
    made = unit(CREATE)
    other = {"model_uuid": "abcdef00-0000-4000-8000-000000000000"}
    unit(STOP, {"name": "flights-hourly"}, **other)
    with pytest.raises(OperationError, match="give place="):
        unit(RESTORE, {"confirm": "spark/0"}, **other)
    found = unit(RESTORE, {"confirm": "spark/0", "place": made.place}, **other)
    assert found.id == made.id


def test_old_ones_go(unit):
    first, second = unit(CREATE), unit(CREATE)
    assert second.new_bytes < first.new_bytes
    assert unit(PRUNE, {"keep-last": 1, "keep-days": 0}).backups == (first.id,)


def test_without_a_store_it_says_how_to_get_one(unit):
    with pytest.raises(OperationError, match="juju integrate spark:s3"):
        unit(CREATE, store=None)


def test_a_checkpoint_elsewhere_is_named(spark, facts, data, unit):
    from operations.create_backup import prepare

    found = facts(store=Target(kind="local", directory="/x"))
    context = CREATE.context(found, spark, {})
    assert prepare(context).elsewhere == ()
    with pytest.raises(OperationError, match="no storage"):
        prepare(dataclasses.replace(context, observed=dataclasses.replace(found, data=None)))
