# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

import backing
from backups import Spec, prepared
from cluster import ClusterError
from dataops.backup.finishing import FinishError
from dataops.backup.sealed import Key
from dataops.operations import OperationError, Work


def spec_of(world, **more):
    world.key = world.key or Key.new()
    facts = world.facts(nodes=more.pop("nodes", 1))
    return Spec.model_validate({**prepared(facts, world.workload), **more})


def test_several_units_do_their_parts_and_one_ends_it(world):
    world.client.leaders["orders", 1] = 1
    begun = backing.begin(spec_of(world, nodes=2))
    assert [share.partitions for share in begun.shares] == [
        (("__consumer_offsets", 0), ("orders", 0)), (("orders", 1),),
    ]  # fmt: skip
    assert [group.name for group in begun.groups] == ["readers", "silent"]
    first = backing.copy(spec_of(world, backup=begun.id), Work(None))
    with pytest.raises(FinishError, match="kafka/1 did not do their part"):
        backing.finish(spec_of(world, backup=begun.id))
    backing.copy(spec_of(world, backup=begun.id, unit="kafka/1"), Work(None))
    manifest = backing.finish(spec_of(world, backup=begun.id))
    assert [part.name for part in manifest.partitions] == [
        "__consumer_offsets-0", "orders-0", "orders-1",
    ]  # fmt: skip
    assert [part.name for part in first.partitions] == ["__consumer_offsets-0", "orders-0"]
    assert [group.name for group in manifest.groups] == ["readers"]


def test_a_unit_that_came_later_or_has_no_key_is_named(world):
    begun = backing.begin(spec_of(world))
    with pytest.raises(OperationError, match="began without kafka/7: begin a new one"):
        backing.copy(spec_of(world, backup=begun.id, unit="kafka/7"), Work(None))
    with pytest.raises(OperationError, match="cannot read the backup key yet"):
        backing.copy(spec_of(world, backup=begun.id, key=""), Work(None))


def test_without_brokers_nothing_begins(world):
    world.answers = False
    with pytest.raises(ClusterError, match="No broker answers"):
        backing.begin(spec_of(world))
    assert world.shelf.backups() == ()


def test_each_unit_reads_as_fast_as_it_may(world, monkeypatch):
    paces = []
    monkeypatch.setattr(backing, "Pace", paces.append)
    for pace in (0, 40):
        begun = backing.begin(spec_of(world))
        backing.copy(spec_of(world, backup=begun.id, pace=pace), Work(None))
    assert paces == [None, 40e6]
