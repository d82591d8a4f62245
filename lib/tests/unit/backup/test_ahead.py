# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

from dataops.backup import ahead
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job

from .conftest import Broker, log


def ship(broker: Broker, *names: str, seal: bool = False) -> int:
    job = Job(data=broker.data, state=broker.root / "backup", ask=broker.ask)
    with Shipper(broker.shelf, key=broker.key) as shipper:
        return ahead.ship(job, shipper, names or ("orders-0",), seal=seal)


def test_closed_files_are_there_before_the_backup_begins(broker: Broker) -> None:
    sent = ship(broker)
    assert sent > 0 and len(broker.objects()) == 2
    part = broker.copy(broker.begin())
    # What is left is the open file and the cluster's metadata.
    assert part.totals.new > 0
    assert len(broker.objects()) == 2 + 1 + 2
    assert not list((broker.root / "backup" / "ahead").iterdir())


def test_what_was_sent_is_not_sent_again(broker: Broker) -> None:
    assert ship(broker) > 0
    assert ship(broker) == 0


def test_the_same_pieces_come_of_it_as_of_a_backup(broker: Broker, tmp_path) -> None:
    ship(broker)
    there = {path.name for path in broker.objects()}
    manifest = broker.back_up()
    assert there <= {piece.object_key.rpartition("/")[2] for piece in manifest.pieces}


def test_what_the_store_lost_is_sent_again(broker: Broker) -> None:
    ship(broker)
    broker.objects()[0].unlink()
    assert broker.verify(broker.back_up()).well


def test_a_log_that_a_change_of_leaders_cut_back_is_read_anew(broker: Broker) -> None:
    ship(broker)
    broker.write("orders-0", (0, log(0, 10)), (10, log(10, 16)), (16, log(16, 32, size=9)))
    broker.ends["orders", 0] = 32
    assert broker.verify(broker.back_up()).well


def test_what_is_damaged_or_gone_is_left_to_the_backup_to_say(broker: Broker) -> None:
    path = broker.data / "orders-0" / "00000000000000000000.log"
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    assert ship(broker, "gone-0", "orders-0", "empty-0") == 0


def test_it_is_sealed_where_that_is_wanted(broker: Broker) -> None:
    ship(broker, seal=True)
    assert all(path.name.endswith(broker.key.id) for path in broker.objects())
    assert broker.copy(dataclasses.replace(broker).begin(), seal=True).totals.new > 0
