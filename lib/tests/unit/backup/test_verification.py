# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hashlib

import pytest

from dataops.backup.catalogue import entry
from dataops.backup.content import Digest
from dataops.backup.manifest import Manifest, Partition, Piece
from dataops.backup.verification import Verification
from dataops.objectstore import Unreachable
from dataops.testing.logs import record

from .conftest import Broker


def test_a_good_backup_is_read_whole(broker: Broker) -> None:
    manifest = broker.back_up()
    verdict = broker.verify(manifest)
    assert (verdict.well, verdict.problems) == (True, ())
    assert verdict.facts["bytes"] == manifest.totals.bytes
    assert entry(broker.shelf, manifest.id).verified == verdict


def test_records_are_hashed_as_a_consumer_would(broker: Broker) -> None:
    consumer = Digest()
    for offset in range(30):
        consumer.add(record(offset, b"%d" % offset * 50) if offset % 2 == 0 else record(offset))
    verdict = broker.verify(broker.back_up(), records=True)
    assert verdict.digests["orders-0"] == consumer.hexdigest()


def test_a_consumer_comes_to_the_hash_in_the_manifest(broker: Broker) -> None:
    """As docs/reference/backup-format.md says: cut where the spans end, and link."""
    broker.starts["orders", 0] = 13
    orders = next(one for one in broker.back_up().partitions if one.name == "orders-0")
    seen = [record(n, b"%d" % n * 50) if n % 2 == 0 else record(n) for n in range(13, 30)]
    link = bytes(32)
    for span in (span for segment in orders.segments for span in segment.spans):
        digest = Digest()
        while seen and seen[0].offset < span.end:
            digest.add(seen.pop(0))
        link = hashlib.sha256(link + bytes.fromhex(digest.hexdigest())).digest()
    assert (link.hex(), seen) == (orders.records, [])


def test_records_that_are_not_those_of_the_manifest_are_named(broker: Broker) -> None:
    manifest = broker.back_up()
    orders = next(one for one in manifest.partitions if one.name == "orders-0")
    spans = orders.segments[1].spans
    wrong = orders.segments[1].model_copy(
        update={"spans": (spans[0].model_copy(update={"sha256": "0" * 64}),)}
    )
    segments = (orders.segments[0], wrong, orders.segments[2])

    def problems(**changes: object) -> tuple[str, ...]:
        changed = orders.model_copy(update=changes)
        return broker.verify(manifest.model_copy(update={"partitions": (changed,)})).problems

    assert problems(segments=segments) == (
        "orders-0, 00000000000000000010.log at byte 0: its records are not those that were "
        "backed up",
        "orders-0: its records are not those it was made of",
    )
    assert problems(records="0" * 64) == ("orders-0: its records are not those it was made of",)
    # As older versions wrote it, and as create-backup records=never does.
    assert problems(records=None) == ()
    bare = tuple(one.model_copy(update={"spans": ()}) for one in orders.segments)
    assert problems(records=None, segments=bare) == ()
    assert len(problems(segments=bare)) == 1


def piece_of(manifest: Manifest) -> tuple[Partition, Piece]:
    partition = next(one for one in manifest.partitions if one.segments and one.bytes)
    return partition, partition.segments[0].pieces[0]


@pytest.mark.parametrize("seal", [True, False])
@pytest.mark.parametrize("position", [5, -5])
def test_a_flipped_bit_is_found_and_named(broker: Broker, seal: bool, position: int) -> None:
    manifest = broker.back_up(seal=seal)
    partition, piece = piece_of(manifest)
    path = broker.root / "store" / "cluster-id" / piece.object_key
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(bytes(data))
    verdict = broker.verify(manifest)
    assert not verdict.well
    (problem,) = verdict.problems
    assert problem.startswith(f"{partition.name}, 00000000000000000000.log at byte 0: segments/")
    assert not entry(broker.shelf, manifest.id).proved


def test_a_missing_object_is_named(broker: Broker) -> None:
    manifest = broker.back_up()
    _, piece = piece_of(manifest)
    broker.shelf.delete([piece.object_key])
    verdict = broker.verify(manifest)
    assert f"{piece.object_key}: the object is missing" in verdict.problems[0]


def test_damaged_metadata_of_the_cluster_is_named(broker: Broker) -> None:
    manifest = broker.back_up()
    assert manifest.metadata
    broker.shelf.delete([manifest.metadata.files[0].pieces[0].object_key])
    assert "cluster metadata 00000000000000000000.log" in broker.verify(manifest).problems[0]


def test_a_manifest_that_refers_to_other_pieces_is_seen(broker: Broker) -> None:
    manifest = broker.back_up()
    orders = next(one for one in manifest.partitions if one.name == "orders-0")
    first, second, third = orders.segments
    wrong = orders.model_copy(update={"segments": (second, first, third)})
    verdict = broker.verify(manifest.model_copy(update={"partitions": (wrong,)}))
    assert any("begins before" in problem for problem in verdict.problems)
    assert any("not those it was made of" in problem for problem in verdict.problems)


def test_a_store_that_does_not_answer_is_no_verdict(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = broker.back_up()

    def silent(key: str) -> bytes:
        raise Unreachable("no answer from x: see y")

    monkeypatch.setattr(broker.store, "get", silent)
    with pytest.raises(Unreachable, match="no answer"):
        broker.verify(manifest)


def test_it_ends_when_it_is_asked_to(broker: Broker) -> None:
    manifest = broker.back_up()

    class AskedError(Exception): ...

    def asked() -> None:
        raise AskedError

    with pytest.raises(AskedError):
        Verification(broker.shelf, broker.key, check=asked).run(manifest, "kafka/0", broker.now)
