# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import shutil

import pytest

from dataops.backup.catalogue import State, entries
from dataops.backup.manifest import Manifest, manifest_key
from dataops.operations import OperationError
from operations.begin_backup import VERB as BEGIN
from operations.create_backup import VERB


def test_the_only_unit_does_all_of_it(world):
    result = world.call(VERB)
    assert (result.complete, result.partitions) == (True, 3)
    (entry,) = entries(world.shelf)
    assert (entry.id, entry.state) == (result.id, State.GOOD)
    assert world.call(VERB).new_bytes == 0


def test_one_of_several_does_its_part_and_no_more(world):
    with pytest.raises(OperationError, match=r"kafka has 3 units.*create-backup of day2"):
        world.call(VERB, facts=world.facts(nodes=3))
    begun = world.call(BEGIN)
    result = world.call(VERB, {"id": begun.id})
    assert not result.complete
    assert [entry.state for entry in entries(world.shelf)] == [State.UNFINISHED]


def test_a_place_that_is_not_there_is_named(world):
    shutil.rmtree(world.root / "store")
    with pytest.raises(OperationError, match="store"):
        world.call(VERB)


def test_the_pace_may_be_given(world):
    context = VERB.context(world.facts(), world.workload, {"pace": 7})
    assert VERB.prepare(context).pace == 7
    with pytest.raises(OperationError, match="pace"):
        VERB.context(world.facts(), world.workload, {"pace": -2})


@pytest.mark.parametrize(
    ("params", "hashed"),
    [
        ({}, True),
        ({"pace": 7}, True),
        ({"pace": 0}, False),
        ({"pace": 0, "records": "always"}, True),
        ({"pace": 7, "records": "never"}, False),
    ],
)
def test_records_are_hashed_where_there_is_time_for_it(world, params, hashed):
    spec = VERB.prepare(VERB.context(world.facts(), world.workload, params))
    assert spec.records is hashed
    result = world.call(VERB, params)
    manifest = world.shelf.need(Manifest, manifest_key(result.id))
    assert all((one.records is not None) is hashed for one in manifest.partitions)
