# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops.backup.manifest import (
    Cluster,
    ClusterMetadata,
    File,
    Manifest,
    NewerError,
    Part,
    Partition,
    Piece,
    Segment,
    UnreadableError,
    dump,
    load,
    new_id,
    part_key,
)

NOW = datetime.datetime(2026, 11, 22, 21, 50, 36, tzinfo=datetime.timezone.utc)

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
counts = st.integers(0, 2**62)
pieces = st.builds(
    Piece,
    sha256=hashes,
    bytes=counts,
    stored=counts,
    zstd=st.booleans(),
    key=st.none() | st.just("0123456789abcdef"),
)
segments = st.builds(
    Segment, base=counts, end=counts, pieces=st.lists(pieces, max_size=3), closed=st.booleans()
)
partitions = st.builds(
    Partition,
    topic=st.sampled_from(["orders", "a.b_c-d"]),
    index=counts,
    log_start=counts,
    end=counts,
    segments=st.lists(segments, max_size=3),
    content=hashes,
)


def manifest(**changes: Any) -> Manifest:
    values = {"id": "20261122T215036Z", "cluster": Cluster(id="x", application="kafka")}
    return Manifest(began=NOW, finished=NOW, **(values | changes))  # type: ignore[arg-type]


@given(st.lists(partitions, max_size=4))
@settings(max_examples=30)
def test_what_is_written_reads_back_as_the_same_value_and_the_same_bytes(
    found: list[Partition],
) -> None:
    written = manifest(partitions=found)
    data = dump(written)
    assert load(Manifest, data, "it") == written
    assert dump(load(Manifest, data, "it")) == data


def test_the_json_is_canonical() -> None:
    data = dump(manifest())
    assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":")).encode()


def test_a_newer_format_is_refused_by_its_number() -> None:
    value = json.loads(dump(manifest())) | {"format": 2, "cluster": "something else by then"}
    with pytest.raises(
        NewerError, match="backups/x has format 2; this version reads up to 1: refresh"
    ):
        load(Manifest, json.dumps(value).encode(), "backups/x")


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_a_truncated_manifest_is_refused(kept: int) -> None:
    with pytest.raises(UnreadableError, match=r"x/manifest\.json is no JSON"):
        load(Manifest, dump(manifest())[:kept], "x/manifest.json")


@pytest.mark.parametrize("data", [b"[]", b"7", b"{}", b'{"format":"1"}'])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="x is no manifest"):
        load(Manifest, data, "x")


def test_what_a_later_program_adds_is_ignored() -> None:
    value = json.loads(dump(manifest())) | {"later": 1}
    assert load(Manifest, json.dumps(value).encode(), "x") == manifest()


@pytest.mark.parametrize("name", ["../../etc", "a/b", "", "a b"])
def test_no_topic_leads_out_of_its_directory(name: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        Partition(topic=name, index=0, end=0, content="0" * 64)


@pytest.mark.parametrize("name", ["../x", "x/y"])
def test_no_file_leads_out_of_its_directory(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        File(name=name)


@pytest.mark.parametrize(
    ("zstd", "key", "ending"),
    [(False, None, ""), (True, None, ".zst"), (True, "0" * 16, f".zst.{'0' * 16}")],
)
def test_an_object_says_how_it_is_coded(zstd: bool, key: str | None, ending: str) -> None:
    piece = Piece(sha256="ab" * 32, bytes=5, stored=4, zstd=zstd, key=key)
    assert piece.object_key == f"segments/ab/{'ab' * 32}{ending}"


def test_every_object_is_counted_once() -> None:
    shared, sealed = (
        Piece(sha256=letter * 64, bytes=1, stored=1, key=key)
        for letter, key in (("b", None), ("a", "1" * 16))
    )
    segment = Segment(base=0, end=1, pieces=(shared,))
    partition = Partition(topic="t", index=0, end=1, segments=(segment, segment), content="0" * 64)
    kept = ClusterMetadata(unit="kafka/0", end=3, files=(File(name="0.log", pieces=(sealed,)),))
    found = manifest(partitions=(partition, partition), metadata=kept)
    assert found.pieces == (sealed, shared)
    assert found.keys == {"1" * 16}


def test_ids_sort_by_time_and_are_never_taken_twice() -> None:
    first = new_id(NOW)
    assert first == "20261122T215036Z"
    assert new_id(NOW, (first,)) == f"{first}-2"
    assert new_id(NOW + datetime.timedelta(seconds=1)) > f"{first}-2"


def test_a_clock_that_is_behind_makes_no_backup_look_older_than_the_last() -> None:
    later, earlier = NOW + datetime.timedelta(hours=3), NOW - datetime.timedelta(days=1)
    first = new_id(later, (new_id(earlier),))
    second = new_id(NOW, (new_id(earlier), first, f"{first}-2"))
    assert first < f"{first}-2" < second < new_id(later + datetime.timedelta(seconds=2))
    assert new_id(later + datetime.timedelta(seconds=9), (second,)) > second


def test_a_part_is_named_after_its_unit() -> None:
    assert part_key("20261122T215036Z", "kafka/0") == (
        "backups/20261122T215036Z/parts/kafka-0.json"
    )


def test_a_part_reads_back() -> None:
    part = Part(id="20261122T215036Z", unit="kafka/0", node=0, began=NOW, cut=NOW, finished=NOW)
    assert load(Part, dump(part), "x") == part
