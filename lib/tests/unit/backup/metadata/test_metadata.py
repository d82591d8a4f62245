# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Metadata records: every kind there and back, and what they amount to."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops.backup import metadata
from dataops.backup.metadata import Image, MetadataError, Remake, record
from dataops.backup.metadata._codec import uuid_text
from dataops.backup.metadata._schemas import BY_KEY, Field, Schema

TOPIC = "AQEBAQEBAQEBAQEBAQEBAQ"
OTHER = "AgICAgICAgICAgICAgICAg"
_RANGES = {"int8": 7, "int16": 15, "int32": 31, "int64": 63}


def values(kind: str | tuple[Field, ...], version: int) -> st.SearchStrategy[Any]:
    if isinstance(kind, tuple):
        return fields(kind, version)
    if bits := _RANGES.get(kind):
        return st.integers(-(1 << bits), (1 << bits) - 1)
    return {
        "uint16": st.integers(0, 65535),
        "float64": st.floats(allow_nan=False),
        "bool": st.booleans(),
        "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
        "bytes": st.binary(max_size=200),
        "uuid": st.binary(min_size=16, max_size=16).map(uuid_text),
    }[kind]


def fields(kinds: tuple[Field, ...], version: int) -> st.SearchStrategy[dict[str, Any]]:
    def of(field: Field) -> st.SearchStrategy[Any]:
        if field.since > version:
            return st.just(field.default)
        one = values(field.type, version)
        many = st.lists(one, max_size=4).map(tuple) if field.many else one
        return st.none() | many if field.nullable else many

    return st.fixed_dictionaries({field.name: of(field) for field in kinds})


def records() -> st.SearchStrategy[metadata.Record]:
    def of(schema: Schema) -> st.SearchStrategy[metadata.Record]:
        return st.integers(0, schema.newest).flatmap(
            lambda version: fields(schema.fields, version).map(
                lambda each: metadata.Record(schema.name, version, each)
            )
        )

    return st.sampled_from(sorted(BY_KEY)).flatmap(lambda key: of(BY_KEY[key]))


@settings(max_examples=60)
@given(records())
def test_a_record_survives_its_bytes(one: metadata.Record) -> None:
    assert metadata.decode(metadata.encode(one)) == one


@settings(max_examples=15)
@given(st.lists(records(), max_size=20))
def test_a_checkpoint_holds_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, several: list[metadata.Record]
) -> None:
    path = tmp_path_factory.mktemp("log") / "bootstrap.checkpoint"
    path.write_bytes(metadata.write_checkpoint(several, timestamp=7))
    assert [one for _, one in metadata.read_file(path)] == several


@given(st.binary(max_size=60))
def test_damage_is_told_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(MetadataError):
        metadata.decode(data)


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    path = tmp_path / "bootstrap.checkpoint"
    data = bytearray(metadata.write_checkpoint([topic("a")], timestamp=7))
    data[-90] ^= 1
    path.write_bytes(data)
    with pytest.raises(MetadataError, match="checksum"):
        list(metadata.read_file(path))


def test_a_newer_record_is_refused_by_name() -> None:
    newer = dataclasses.replace(topic("a"), version=9)
    with pytest.raises(MetadataError, match="TopicRecord of version 9 is not known"):
        metadata.decode(metadata.encode(newer))


def test_an_unfinished_end_counts_only_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "00000000000000000000.log"
    whole = metadata.write_checkpoint([topic("a"), topic("b", OTHER)], timestamp=7)
    path.write_bytes(whole[:-5])
    assert len(list(metadata.read_file(path, partial=True))) == 2
    with pytest.raises(MetadataError, match="ends within a batch"):
        list(metadata.read_file(path))
    path.write_bytes(whole + b"\0" * 500)
    assert len(list(metadata.read_file(path, partial=True))) == 2


def topic(name: str, topic_id: str = TOPIC) -> metadata.Record:
    return record("TopicRecord", Name=name, TopicId=topic_id)


def partition(topic_id: str = TOPIC, index: int = 0, **more: Any) -> metadata.Record:
    given: dict[str, Any] = {
        "PartitionId": index, "TopicId": topic_id, "Replicas": (0, 1), "Isr": (0, 1),
        "RemovingReplicas": (), "AddingReplicas": (), "Leader": 0, "LeaderEpoch": 5,
        "PartitionEpoch": 7,
    }  # fmt: skip
    return record("PartitionRecord", **{**given, **more})


def config(name: str, value: str | None, resource: str = "a", kind: int = 2) -> metadata.Record:
    where = {"ResourceType": kind, "ResourceName": resource}
    return record("ConfigRecord", **where, Name=name, Value=value)


def scram(user: str) -> metadata.Record:
    keys = {"Salt": b"s", "StoredKey": b"k", "ServerKey": b"v"}
    return record("UserScramCredentialRecord", Name=user, Mechanism=2, Iterations=8192, **keys)


def acl(acl_id: str, user: str) -> metadata.Record:
    return record(
        "AccessControlEntryRecord", Id=acl_id, ResourceType=2, ResourceName="a", PatternType=3,
        Principal=f"User:{user}", Host="*", Operation=3, PermissionType=3,
    )  # fmt: skip


def quota(value: float, *, remove: bool = False, user: str | None = "u") -> metadata.Record:
    entity = ({"EntityType": "user", "EntityName": user},)
    return record(
        "ClientQuotaRecord", Entity=entity, Key="producer_byte_rate", Value=value, Remove=remove
    )


def test_removals_remove() -> None:
    image = Image.of(
        [
            topic("a"), partition(), config("retention.ms", "1"), topic("b", OTHER),
            partition(OTHER), config("x", "1", "b"), config("x", None, "b"),
            acl(TOPIC, "u"), acl(OTHER, "u"), scram("u"), scram("w"), quota(1), quota(2),
            quota(3, user=None), quota(0, remove=True, user=None),
            record("RemoveTopicRecord", TopicId=TOPIC),
            record("RemoveAccessControlEntryRecord", Id=TOPIC),
            record("RemoveUserScramCredentialRecord", Name="u", Mechanism=2),
            record("FeatureLevelRecord", Name="f", FeatureLevel=1),
            record("FeatureLevelRecord", Name="f", FeatureLevel=0),
        ]
    )  # fmt: skip
    assert image.topics == {"b": OTHER}
    assert list(image.partitions) == [(OTHER, 0)]
    assert image.configs == {} and image.features == {}
    assert list(image.acls) == [OTHER]
    assert list(image.scram) == [("w", 2)]
    assert image.quotas == {(("user", "u"),): {"producer_byte_rate": 2}}


def test_a_change_of_leader_raises_the_epoch() -> None:
    change = record("PartitionChangeRecord", PartitionId=0, TopicId=TOPIC, Leader=1, Isr=(1,))
    image = Image.of([topic("a"), partition(), change])
    after = image.partitions[TOPIC, 0]
    assert (after["Leader"], after["Isr"], after["Replicas"]) == (1, (1,), (0, 1))
    assert (after["LeaderEpoch"], after["PartitionEpoch"]) == (6, 8)
    shrunk = record("PartitionChangeRecord", PartitionId=0, TopicId=TOPIC, Isr=(0,))
    assert Image.of([topic("a"), partition(), shrunk]).partitions[TOPIC, 0]["LeaderEpoch"] == 5


@pytest.mark.parametrize(
    ("end", "topics"),
    [("EndTransactionRecord", {"a", "b"}), ("AbortTransactionRecord", {"a"}), ("", {"a"})],
)
def test_only_what_was_committed_counts(end: str, topics: set[str]) -> None:
    several = [topic("a"), record("BeginTransactionRecord"), topic("b", OTHER)]
    assert set(Image.of([*several, *([record(end)] if end else [])]).topics) == topics


def test_a_log_goes_on_from_its_newest_snapshot(tmp_path: Path) -> None:
    snapshot = tmp_path / f"{2:020}-{1:010}.checkpoint"
    snapshot.write_bytes(metadata.write_checkpoint([topic("a")], 1))
    # Its header takes offset 0, so that "old" is 1 and was already in the snapshot.
    several = [topic("old", OTHER), topic("b", OTHER), topic("late")]
    (tmp_path / f"{0:020}.log").write_bytes(metadata.write_checkpoint(several, 1))
    assert set(Image.of(metadata.read_log(tmp_path, until=3)).topics) == {"a", "b"}
    assert set(Image.of(metadata.read_log(tmp_path)).topics) == {"a", "b", "late"}
    assert set(Image.of(metadata.read_log(tmp_path, until=1)).topics) == set()


def test_a_gap_in_the_log_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{50:020}.log").write_bytes(b"")
    with pytest.raises(MetadataError, match="between offset 0 and 50 is missing"):
        list(metadata.read_log(tmp_path))


@settings(max_examples=40)
@given(st.lists(st.sampled_from([topic("a"), topic("b", OTHER), scram("u"), acl(TOPIC, "u"),
                                 config("k", "v"), config("m", "1", "", 4), quota(2.5),
                                 record("ProducerIdsRecord", BrokerId=1, NextProducerId=9000),
                                 record("FeatureLevelRecord", Name="metadata.version",
                                        FeatureLevel=30)]), max_size=12))  # fmt: skip
def test_an_image_survives_its_records(several: list[metadata.Record]) -> None:
    image = Image.of(several)
    assert Image.of(image.records()) == image


def cluster() -> Image:
    return Image.of(
        [
            record("FeatureLevelRecord", Name="metadata.version", FeatureLevel=30),
            topic("a"), partition(), partition(index=1, LeaderEpoch=50), topic("b", OTHER),
            partition(OTHER), config("retention.ms", "1"), config("k", "v", "b"),
            config("min.insync.replicas", "2", "", 4), config("ssl.key", "x", "0", 4),
            acl(TOPIC, "kept"), acl(OTHER, "relation-7"), scram("kept"), scram("relation-7"),
            quota(1, user="kept"), quota(1, user="relation-7"),
            record("ProducerIdsRecord", BrokerId=1, NextProducerId=9000),
        ]
    )  # fmt: skip


def test_a_remade_cluster_has_other_nodes_and_no_leaders() -> None:
    remake = Remake(
        replicas={("a", 0): (5,), ("a", 1): (5,)},
        epochs={("a", 0): 80, ("a", 1): 3},
        drop_user=lambda user: user.startswith("relation-"),
    )
    image = metadata.remade(cluster(), remake)
    assert image.topics == {"a": TOPIC}
    first, second = image.partitions[TOPIC, 0], image.partitions[TOPIC, 1]
    assert (first["Replicas"], first["Isr"], first["Leader"]) == ((5,), (5,), -1)
    assert (first["LeaderEpoch"], second["LeaderEpoch"]) == (81, 51)
    assert image.configs == {
        (2, "a"): {"retention.ms": "1"}, (4, ""): {"min.insync.replicas": "2"}
    }  # fmt: skip
    assert list(image.acls) == [TOPIC] and list(image.scram) == [("kept", 2)]
    assert list(image.quotas) == [(("user", "kept"),)]
    assert image.next_producer_id == 9000 and not image.brokers


def test_the_first_node_counts_as_the_last_that_led_where_clusters_remember() -> None:
    image = cluster()
    image.features["eligible.leader.replicas.version"] = 1
    made = metadata.remade(image, Remake(replicas={("a", 0): (5, 6)}))
    (one,) = made.partitions.values()
    assert (one["Leader"], one["Isr"], one["Replicas"]) == (-1, (), (5, 6))
    assert (one["LastKnownElr"], one["EligibleLeaderReplicas"]) == ((5,), None)


def test_nodes_stay_where_they_are_there() -> None:
    old = {("a", 0): (1, 0), ("a", 1): (0, 1)}
    assert metadata.nodes_for(old, {0, 1, 2}) == old


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9)),
        st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True).map(tuple),
        min_size=1,
    ),
    st.sets(st.integers(5, 12), min_size=1),
)
def test_every_partition_finds_nodes(
    old: dict[tuple[str, int], tuple[int, ...]], members: set[int]
) -> None:
    new = metadata.nodes_for(old, members)
    assert set(new) == set(old)
    for key, nodes in new.items():
        assert len(set(nodes)) == len(nodes) == min(len(old[key]), len(members))
        assert set(nodes) <= members


def test_fewer_nodes_share_what_many_had() -> None:
    old = {("a", index): (index % 4,) for index in range(8)}
    new = metadata.nodes_for(old, {7, 9})
    assert sorted(nodes[0] for nodes in new.values()) == [7] * 4 + [9] * 4
