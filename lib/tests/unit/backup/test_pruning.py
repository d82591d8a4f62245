# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import os
from typing import Any

import pytest

from dataops.backup.manifest import begun_key
from dataops.backup.pruning import COLLECTING, CollectingError, Pruned, prune

from .conftest import Broker, log


def pruned(broker: Broker, **more: Any) -> Pruned:
    return prune(broker.shelf, **{"keep_last": 1, "keep_days": 0, "now": broker.now, **more})


def test_only_what_no_backup_needs_any_more_goes(broker: Broker) -> None:
    first = broker.back_up()
    broker.write("orders-0", (10, log(10, 20)), (20, log(20, 32)))
    second = broker.back_up()
    before = len(broker.objects())
    done = pruned(broker)
    # The file that the second one does not have.
    gone = set(first.pieces) - set(second.pieces)
    assert (done.backups, done.objects) == ((first.id,), len(gone))
    assert done.bytes == sum(piece.stored for piece in gone) > 0
    assert len(broker.objects()) == before - len(gone)
    assert broker.shelf.backups() == (second.id,)
    assert broker.verify(second).well
    assert broker.shelf.head(COLLECTING) is None


def test_while_a_backup_runs_its_objects_stay_whoever_refers_to_them(broker: Broker) -> None:
    first = broker.back_up()
    broker.back_up()
    begun = broker.begin()
    broker.objects()
    before = broker.objects()
    done = pruned(broker)
    assert (done.backups, done.objects, done.postponed) == ((first.id,), 0, begun.id)
    assert broker.objects() == before
    broker.copy(begun)
    assert broker.verify(broker.finish(begun)).well


def test_no_backup_begins_while_objects_are_collected(broker: Broker) -> None:
    broker.back_up()
    broker.shelf.put(COLLECTING, b"{}")
    known = broker.shelf.backups()
    with pytest.raises(CollectingError, match=r"prune-backups is collecting.*try again"):
        broker.begin()
    assert broker.shelf.backups() == known


def test_what_a_killed_collection_left_does_not_stop_backups_for_ever(broker: Broker) -> None:
    broker.shelf.put(COLLECTING, b"{}")
    hours_ago = datetime.datetime.now().timestamp() - 2 * 3600
    os.utime(broker.root / "store" / "cluster-id" / COLLECTING, (hours_ago, hours_ago))
    broker.back_up()


def test_a_collection_that_fails_takes_its_mark_away(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = broker.back_up()
    broker.back_up()
    real = broker.store.delete

    def failing(keys: Any) -> None:
        keys = [keys] if isinstance(keys, str) else list(keys)
        if any("segments" in key for key in keys):
            raise OSError("no")
        real(keys)

    broker.shelf.put("segments/00/" + "0" * 64, b"spare")
    monkeypatch.setattr(broker.store, "delete", failing)
    with pytest.raises(OSError, match="no"):
        pruned(broker)
    assert broker.shelf.head(COLLECTING) is None
    assert first.id not in broker.shelf.backups()


def test_objects_stay_while_a_backup_cannot_be_read(broker: Broker) -> None:
    first, second = broker.back_up(), broker.back_up()
    broker.shelf.put(f"backups/{first.id}/manifest.json", b"{")
    spare = "segments/00/" + "0" * 64
    broker.shelf.put(spare, b"spare")
    assert pruned(broker, keep_days=99).postponed == first.id
    assert broker.shelf.head(spare)
    assert pruned(broker).backups == (first.id,)
    assert broker.shelf.head(spare) is None
    assert broker.verify(second).well


def test_a_removal_that_was_interrupted_is_found_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = broker.back_up()
    broker.back_up()
    real, calls = broker.store.delete, list[int]()

    def interrupted(keys: Any) -> None:
        if calls:
            raise OSError("killed")
        calls.append(1)
        real(keys)

    with monkeypatch.context() as patch:
        patch.setattr(broker.store, "delete", interrupted)
        with pytest.raises(OSError, match="killed"):
            pruned(broker)
    assert broker.shelf.head(begun_key(first.id))
    broker.now += datetime.timedelta(days=2)
    assert pruned(broker).backups == (first.id,)
    assert len(broker.shelf.backups()) == 1
