# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

from dataops.backup.catalogue import State, entries, entry, newest_good, verified_key
from dataops.backup.manifest import manifest_key

from .conftest import Broker


def test_every_backup_says_what_it_is(broker: Broker) -> None:
    good = broker.back_up()
    broker.verify(good)
    damaged, newer = broker.back_up(), broker.back_up()
    broker.shelf.put(manifest_key(damaged.id), b'{"format":1,')
    broker.shelf.put(manifest_key(newer.id), json.dumps({"format": 9}).encode())
    begun = broker.begin()
    found = entries(broker.shelf)
    assert [(one.id, one.state) for one in found] == [
        (good.id, State.GOOD), (damaged.id, State.DAMAGED), (newer.id, State.NEWER),
        (begun.id, State.UNFINISHED),
    ]  # fmt: skip
    assert found[0].verified
    assert found[0].proved
    assert (found[0].topics, found[0].partitions, found[0].units) == (2, 2, ("kafka/0",))
    assert "format 9" in found[2].why
    assert "truncated" in found[1].why
    assert newest_good(broker.shelf) == found[0]


def test_a_verdict_that_cannot_be_read_proves_nothing(broker: Broker) -> None:
    manifest = broker.back_up()
    broker.shelf.put(verified_key(manifest.id), b"?")
    found = entry(broker.shelf, manifest.id)
    assert (found.state, found.verified, found.proved) == (State.GOOD, None, False)


def test_an_empty_store_has_no_backups(broker: Broker) -> None:
    assert entries(broker.shelf) == ()
    assert newest_good(broker.shelf) is None
