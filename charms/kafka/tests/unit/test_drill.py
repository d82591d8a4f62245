# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The decisions of a rehearsal, with clients that answer from lists; the rest needs a broker."""

import contextlib
import dataclasses
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

import drill_clients
from dataops.backup.content import chain
from dataops.backup.manifest import Group, GroupOffset, Partition, Piece, Segment, Span
from dataops.backup.metadata import Image
from drill import Drill, Live, alone


class Message:
    def __init__(self, offset, stamp=0):
        self.offset = lambda: offset
        self.timestamp = lambda: (1, stamp)

    def __len__(self):
        # As a tombstone counts with the real library.
        return 0


@pytest.fixture
def drill(tmp_path):
    cluster = SimpleNamespace(endpoint="127.0.0.1:1", paths=SimpleNamespace(etc=tmp_path))
    live = Live(("10.0.0.1",), Path("/etc"))
    return Drill(None, None, live, cluster, lambda text: None)


@pytest.fixture
def records(monkeypatch):
    """Offsets and stamps, by whether the live cluster is asked, and by place."""
    found = {}

    @contextlib.contextmanager
    def reading(where, group="drill"):
        yield (where["bootstrap.servers"].startswith("10."), group)

    def first(consumer, place, offset):
        live, group = consumer
        if (live, place) in found and found[live, place] is None:
            raise drill_clients.GoneError("deleted")
        several = found.get((live, place), [])
        begin = found.get(group, 0) if offset is None else offset
        return next((Message(*one) for one in several if one[0] >= begin), None)

    def hashes(consumer, place, start, end):
        several = found.get((consumer[0], place), [])
        if several is None:
            raise drill_clients.GoneError("deleted")
        return {one: f"{one} {stamp}" for one, stamp in several if start <= one < end}

    monkeypatch.setattr(drill_clients, "reading", reading)
    monkeypatch.setattr(drill_clients, "first", first)
    monkeypatch.setattr(drill_clients, "hashes", hashes)
    return found


def test_what_the_backup_lacks_is_counted_and_dated(drill, records):
    records[True, ("a", 0)] = [(4, 9_000), (5, 9_500)]
    records[True, ("new", 0)] = [(0, 8_000)]
    bounds = {("a", 0): (0, 4), ("b", 0): (0, 3)}
    ends = {("a", 0): (0, 6), ("b", 0): (0, 3), ("new", 0): (0, 1)}
    assert drill._lost(bounds, ends, 10.0) == (3, 2_000)
    assert drill._lost(bounds, {("b", 0): (0, 3)}, 10.0) == (0, 0)


def test_only_what_both_have_is_compared(drill, records):
    records[True, ("a", 0)] = [(0, 1), (2, 1), (3, 1)]
    records[False, ("a", 0)] = [(0, 1), (1, 1), (2, 1), (3, 1)]
    bounds, ends = {("a", 0): (0, 4)}, {("a", 0): (0, 9)}
    assert drill._sampled(bounds, ends) == (3, [])
    records[True, ("a", 0)][1] = (2, 99)
    count, problems = drill._sampled(bounds, ends)
    assert count == 3 and "the first at offset 2" in problems[0]


def test_a_live_topic_that_is_deleted_meanwhile_is_no_loss(drill, records):
    records[True, ("a", 0)] = None
    records[False, ("a", 0)] = [(0, 1)]
    assert drill._lost({("a", 0): (0, 4)}, {("a", 0): (0, 6)}, 10.0) == (0, 0)
    assert drill._sampled({("a", 0): (0, 4)}, {("a", 0): (0, 9)}) == (0, [])


def test_records_are_read_back_to_the_hash_in_the_manifest(drill, records, monkeypatch):
    hashes = {("a", 0): "1" * 64, ("b", 0): "2" * 64}
    parts = [_partition(topic, sha256) for (topic, _), sha256 in hashes.items()]
    drill = dataclasses.replace(drill, manifest=SimpleNamespace(partitions=parts))
    asked = []

    def digest(consumer, place, start, end):
        asked.append((place, start, end))
        return SimpleNamespace(records=end - start, hexdigest=lambda: hashes[place])

    monkeypatch.setattr(drill_clients, "digest", digest)
    bounds = {("a", 0): (2, 9), ("b", 0): (2, 9)}
    assert drill._hashed(bounds) == (4, [])
    assert asked == [(("a", 0), 2, 4), (("b", 0), 2, 4)]
    hashes["b", 0] = "3" * 64
    _, problems = drill._hashed(bounds)
    assert problems == ["b-0: a client reads other records from offset 2 to 4 than were backed up"]
    assert drill._hashed({("a", 0): (2, 9)}) == (2, [])


def _partition(topic, sha256):
    piece = Piece(sha256="0" * 64, bytes=100, stored=100)
    return Partition(
        topic=topic, index=0, log_start=2, end=9, content="0" * 64, records="0" * 64,
        segments=(
            Segment(base=0, end=4, pieces=(piece,), spans=(Span(end=4, sha256=sha256),)),
        ),
    )  # fmt: skip


def test_every_byte_on_the_rehearsal_s_disk_is_compared(drill, tmp_path):
    content = [b"first", b"second"]
    pieces = tuple(
        Piece(sha256=hashlib.sha256(one).hexdigest(), bytes=len(one), stored=1) for one in content
    )
    part = Partition(
        topic="a", index=0, end=9, content=chain(piece.sha256 for piece in pieces),
        segments=(Segment(base=0, end=9, pieces=pieces),),
    )  # fmt: skip
    path = tmp_path / "a-0" / f"{0:020}.log"
    path.parent.mkdir()
    cluster = SimpleNamespace(broker=SimpleNamespace(data=tmp_path))
    drill = dataclasses.replace(drill, cluster=cluster)
    plan = SimpleNamespace(partitions={("a", 0): part})
    wrong = ["a-0 has another content than was backed up"]
    assert drill._compared_on_disk(plan) == wrong
    path.write_bytes(b"".join(content))
    assert drill._compared_on_disk(plan) == []
    path.write_bytes(b"firstSecond")
    assert drill._compared_on_disk(plan) == wrong


def test_a_group_has_to_go_on_where_it_was(drill, records):
    group = Group(name="g", offsets=(GroupOffset(topic="a", partition=0, offset=2),))
    records[False, ("a", 0)] = [(0, 1), (3, 1)]
    records["g"] = 2
    assert drill._resumed((group,), {("a", 0): (0, 4)}) == ("g in a-0 at 3", [])
    records["g"] = 0
    _, problems = drill._resumed((group,), {("a", 0): (0, 4)})
    assert "goes on at 0 of a-0, not at 2" in problems[0]
    assert drill._resumed((group,), {("a", 0): (0, 2)}) == ("", [])


def test_a_broker_alone_demands_no_others_and_knows_nobody_s_password():
    image = Image(
        configs={(4, ""): {"min.insync.replicas": "2"}, (2, "a"): {"retention.ms": "1"}},
        scram={("u", 2): None},
    )
    made = alone(image)
    assert made.scram == {} and image.scram
    assert made.configs == {(4, ""): {"min.insync.replicas": "1"}, (2, "a"): {"retention.ms": "1"}}
