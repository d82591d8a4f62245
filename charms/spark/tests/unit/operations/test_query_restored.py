# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

import restored_reading
from dataops.backup.rehearsed import Readable, ReadablePortion
from dataops.backup.scratch import ScratchError
from dataops.operations import OperationError
from operations.query_restored import VERB

PORTION = ReadablePortion(topic="a", partition=0, start=0, end=3, sha256="0" * 64)
READABLE = Readable(server="s", authority="a", certificate="c", portions=(PORTION,))
GIVEN = READABLE.model_dump(mode="json", by_alias=True)


@pytest.fixture
def place(spark):
    (spark.installation.python_path / "pyspark-4.0.1.dist-info").mkdir(parents=True)
    return spark.paths.root / "rehearsal"


@pytest.fixture
def ran(monkeypatch):
    """What a query finds: what is put here."""
    found = [3, []]

    def run(scratch, user, restored, programs, tell):
        assert restored == READABLE and programs.memory == "512m"
        tell()
        if isinstance(found[0], Exception):
            raise found[0]
        return tuple(found)

    monkeypatch.setattr(restored_reading, "run", run)
    return found


def test_only_the_public_half_is_told(unit, place):
    told = unit(VERB, {"mode": "key"})
    assert "PUBLIC KEY" in told.key and told.summary is None
    assert "PRIVATE KEY" in (place / "key.pem").read_text()
    assert "PRIVATE" not in str(told.action_results())


def test_what_was_read_is_told_with_its_time_and_the_key_goes(unit, place, ran):
    unit(VERB, {"mode": "key"})
    told = unit(VERB, {"restored": GIVEN})
    assert (told.records, told.partitions) == (3, 1) and told.seconds >= 0
    assert "a Spark query reads 3 records of 1 partitions" in told.summary
    assert not place.exists()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([2, ["a-0 has other records"]], "does not find what was backed up: a-0 has other"),
        ([ScratchError("The rehearsal's query ended: x"), []], "query ended: x. Begin again"),
        ([restored_reading.NoKeyError("no key"), []], "no key. Begin again"),
    ],
)
def test_what_is_wrong_fails_it_and_leaves_nothing(unit, place, ran, found, why):
    ran[:] = found
    unit(VERB, {"mode": "key"})
    with pytest.raises(OperationError, match=why):
        unit(VERB, {"restored": GIVEN})
    assert not place.exists()


def test_an_empty_backup_starts_no_spark(unit, place):
    told = unit(VERB, {"restored": {**GIVEN, "portions": []}})
    assert told.records == 0 and "no record to read" in told.summary


def test_it_has_to_be_told_what(unit, place):
    with pytest.raises(OperationError, match="nothing to read: the operation dr-drill"):
        unit(VERB)


def test_a_unit_without_spark_says_so(unit):
    with pytest.raises(OperationError, match="spark/0 has no Spark yet"):
        unit(VERB, {"mode": "key"})
