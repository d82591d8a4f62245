# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest

import backing
from backups import Spec, prepared
from dataops.backup.catalogue import newest_good
from dataops.backup.finishing import FinishError
from dataops.backup.sealed import Key
from dataops.operations import OperationError, Work
from facts import ClusterError


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


def test_another_unit_leads_in_the_middle(world):
    """It ends what the one before it began, and knows nothing but the id."""
    world.client.leaders["orders", 1] = 1
    begun = backing.begin(spec_of(world, nodes=2))
    backing.copy(spec_of(world, backup=begun.id), Work(None))
    backing.copy(spec_of(world, backup=begun.id, unit="kafka/1"), Work(None))
    manifest = backing.finish(spec_of(world, backup=begun.id, unit="kafka/1"))
    assert [unit.unit for unit in manifest.units] == ["kafka/0", "kafka/1"]
    assert backing.finish(spec_of(world, backup=begun.id)) == manifest, "the old one still tries"


def test_a_broker_that_is_lost_in_the_middle_is_named_and_the_next_backup_is_whole(world):
    world.client.leaders["orders", 1] = 1
    begun = backing.begin(spec_of(world, nodes=2))
    backing.copy(spec_of(world, backup=begun.id), Work(None))
    world.client.leaders["orders", 1] = -1
    with pytest.raises(FinishError, match="kafka/1 did not do their part"):
        backing.finish(spec_of(world, backup=begun.id))
    with pytest.raises(FinishError, match="No unit leads orders-1"):
        backing.begin(spec_of(world, nodes=2))
    # Another unit leads it now; the one that was lost has nothing to do.
    world.client.leaders["orders", 1] = 0
    again = backing.begin(spec_of(world, nodes=2))
    assert [share.partitions for share in again.shares][1] == ()


def test_a_clock_that_goes_back_leaves_the_newest_backup_the_newest(world, monkeypatch):
    first = backing.begin(spec_of(world))
    backing.copy(spec_of(world, backup=first.id), Work(None))
    backing.finish(spec_of(world, backup=first.id))
    hour = datetime.timedelta(hours=1)
    monkeypatch.setattr(backing, "_now", lambda: first.began - hour)
    second = backing.begin(spec_of(world))
    backing.copy(spec_of(world, backup=second.id), Work(None))
    backing.finish(spec_of(world, backup=second.id))
    newest = newest_good(world.shelf)
    assert newest.id == second.id and newest.began == first.began - hour
