# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from typing import Any

import pytest

from dataops.backup.catalogue import State, entry
from dataops.backup.finishing import FinishError, LostError, shares
from dataops.backup.manifest import part_key
from dataops.objectstore import StoreError

from .conftest import Broker


def test_every_unit_copies_what_it_leads() -> None:
    found = shares({("a", 0): 1, ("a", 1): 0, ("b", 0): 1}, {0: "kafka/0", 1: "kafka/1", 2: "k/2"})
    assert [(one.unit, one.partitions) for one in found] == [
        ("kafka/0", (("a", 1),)), ("kafka/1", (("a", 0), ("b", 0))), ("k/2", ()),
    ]  # fmt: skip


def test_a_partition_without_a_leader_is_named_before_anything_is_done() -> None:
    leaders = {("a", n): -1 for n in range(7)}
    with pytest.raises(FinishError, match="No unit leads a-0, a-1, a-2, a-3, a-4 and 2 more"):
        shares(leaders, {0: "kafka/0"})


def test_a_unit_that_did_not_do_its_part_is_named(broker: Broker) -> None:
    begun = broker.begin()
    with pytest.raises(FinishError, match=f"kafka/0 did not do.*id={begun.id} there"):
        broker.finish(begun)
    assert entry(broker.shelf, begun.id).state is State.UNFINISHED


def test_an_object_that_the_store_lost_meanwhile_makes_its_unit_do_its_part_again(
    broker: Broker,
) -> None:
    begun = broker.begin()
    broker.copy(begun)
    broker.objects()[0].unlink()
    with pytest.raises(LostError, match=r"The store lost segments/.* again on these units"):
        broker.finish(begun)
    assert broker.shelf.head(part_key(begun.id, "kafka/0")) is None
    broker.copy(begun)
    assert broker.verify(broker.finish(begun)).well


def test_a_backup_is_good_only_once_its_manifest_was_read_back(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = broker.begin()
    broker.copy(begun)
    put = broker.store.put

    def forgetful(key: str, data: Any, **more: Any) -> Any:
        return put(key, data[:-10] if key.endswith("manifest.json") else data, **more)

    monkeypatch.setattr(broker.store, "put", forgetful)
    with pytest.raises(StoreError, match=r"took backups/.*/manifest\.json and gives other bytes"):
        broker.finish(begun)
    assert entry(broker.shelf, begun.id).state is State.DAMAGED


def test_a_backup_that_is_finished_stays_as_it_is(broker: Broker) -> None:
    begun = broker.begin()
    broker.copy(begun)
    first = broker.finish(begun)
    broker.ends["later", 0] = 1
    assert broker.finish(begun) == first
