# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A cluster that is formatted with metadata of ours is the one that was backed up."""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer, TopicCollection
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.admin import KafkaAdminClient

from dataops.backup import metadata
from dataops.backup.metadata import Image, Remake, nodes_for
from dataops.backup.metadata._schemas import BY_KEY
from dataops.testing import eventually
from tests.integration.plain_broker import PlainBroker, libraries, run

UNCLEAN = 1
# By kind of entity, in bytes a second.
QUOTAS = {"users": "1234567", "clients": "7654321"}
OLD, NEW = "b2xkb2xkb2xkb2xkb2xkbw", "bmV3bmV3bmV3bmV3bmV3bg"


def test_the_tables_are_kafka_s_own() -> None:
    """Every record of the release that the charm runs, field by field."""
    (jar,) = libraries().glob("kafka-metadata-*.jar")
    with zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if name.startswith("common/metadata/")]
        texts = [archive.read(name).decode() for name in names if name.endswith(".json")]
    theirs = [json.loads(re.sub(r"(?m)^\s*//.*$", "", text)) for text in texts]
    assert {one["apiKey"] for one in theirs} == set(BY_KEY)
    for one in theirs:
        ours = BY_KEY[one["apiKey"]]
        assert one["validVersions"] in ("0", f"0-{ours.newest}"), ours.name
        assert [_told(field) for field in one["fields"]] == [_ours(f) for f in ours.fields]


def _told(field: dict[str, Any]) -> tuple[Any, ...]:
    inner = tuple(_told(each) for each in field.get("fields", ()))
    since = int(field["versions"].rstrip("+"))
    kind = field["type"].removeprefix("[]")
    many = field["type"].startswith("[]")
    return field["name"], inner or kind, many, since, "nullableVersions" in field, field.get("tag")


def _ours(field: Any) -> tuple[Any, ...]:
    kind = tuple(_ours(f) for f in field.type) if isinstance(field.type, tuple) else field.type
    return field.name, kind, field.many, field.since, field.nullable, field.tag


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[tuple[PlainBroker, PlainBroker]]:
    old = PlainBroker(tmp_path / "old", "127.0.77.1", OLD)
    new = PlainBroker(tmp_path / "new", "127.0.77.2", NEW, node=4)
    try:
        yield old, new
    finally:
        old.end(kill=True)
        new.end(kill=True)


def test_a_cluster_of_our_checkpoint_is_the_old_one(
    brokers: tuple[PlainBroker, PlainBroker],
) -> None:
    old, new = brokers
    old.format()
    old.start()
    admin = AdminClient({"bootstrap.servers": old.bootstrap})
    _fill(admin)
    for kind, *which in (("users", "--entity-name", "reader"), ("clients", "--entity-default")):
        what = ("--alter", "--add-config", f"producer_byte_rate={QUOTAS[kind]}")
        _configure(old, *what, "--entity-type", kind, *which)
    # What its controller has done, a broker hears of a little later.
    eventually(lambda: _heard(admin), patience=60)
    before = _seen(old)
    assert all(QUOTAS[kind] in before[kind] for kind in QUOTAS), before
    assert "SCRAM-SHA-512=iterations=8192" in before["users"]
    old.end(kill=True)

    image = Image.of(metadata.read_log(old.data / metadata.DIRECTORY))
    assert set(image.topics) == {"plain", "kept"}
    nodes = {
        (name, index): one["Replicas"]
        for name in image.topics
        for index, one in image.partitions_of(name).items()
    }
    remade = metadata.remade(image, Remake(nodes_for(nodes, {new.node})))
    new.format()
    checkpoint = metadata.write_checkpoint(remade.records(), int(time.time() * 1000))
    (new.data / "bootstrap.checkpoint").write_bytes(checkpoint)
    new.start()
    assert _seen(new) == before


def _configure(broker: PlainBroker, *arguments: str) -> str:
    """What Kafka's own program says that sets and shows quotas."""
    address = ("--bootstrap-server", broker.bootstrap)
    return run("kafka.admin.ConfigCommand", *address, *arguments, libraries=libraries())


def _heard(admin: AdminClient) -> bool:
    topics = {name for name in admin.list_topics(timeout=60).topics if not name.startswith("__")}
    if topics != {"plain", "kept"}:
        return False
    acls = admin.describe_acls(AclBindingFilter(ResourceType.ANY, None, *_anyone())).result(60)
    resource = ConfigResource(ResourceType.TOPIC, "plain")
    (configs,) = admin.describe_configs([resource]).values()
    retention = configs.result(60)["retention.ms"].value
    users = admin.describe_user_scram_credentials().result(60)
    return len(acls) == 1 and retention == "86400000" and set(users) == {"reader"}


def _fill(admin: AdminClient) -> None:
    topics = [NewTopic("plain", 3, 1), NewTopic("kept", 1, 1), NewTopic("gone", 2, 1)]
    topics[1] = NewTopic("kept", 1, 1, config={"cleanup.policy": "compact"})
    _done(admin.create_topics(topics))
    _done(admin.delete_topics(["gone"]))
    for value in ("1234", "86400000"):
        entry = ConfigEntry("retention.ms", value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, "plain", incremental_configs=[entry])
        _done(admin.incremental_alter_configs([resource]))
    for name in ("kept", "plain"):
        _done(admin.create_acls([_acl(name)]))
    _done(admin.delete_acls([AclBindingFilter(ResourceType.TOPIC, "kept", *_anyone())]))
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
    user = UserScramCredentialUpsertion("reader", info, b"password-of-reader")
    _done(admin.alter_user_scram_credentials([user]))


def _acl(name: str) -> AclBinding:
    what = (AclOperation.READ, AclPermissionType.ALLOW)
    where = (ResourceType.TOPIC, name, ResourcePatternType.PREFIXED)
    return AclBinding(*where, "User:reader", "*", *what)


def _anyone() -> tuple[Any, ...]:
    return ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY


def _done(futures: dict[Any, Any]) -> None:
    for future in futures.values():
        future.result(60)


def _seen(broker: PlainBroker) -> dict[str, Any]:
    """What a client is told of the cluster."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    elect(broker)
    listed = {name for name in admin.list_topics(timeout=60).topics if not name.startswith("__")}
    topics = {
        name: future.result(60)
        for name, future in admin.describe_topics(TopicCollection(sorted(listed))).items()
    }
    configs = {
        name: {
            each.name: each.value
            for each in next(
                iter(admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)]).values())
            )
            .result(60)
            .values()
            if each.source == 1
        }
        for name in listed
    }
    everything = AclBindingFilter(ResourceType.ANY, None, *_anyone())
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    producer.produce("plain", b"alive", partition=2)
    assert producer.flush(60) == 0
    return {
        "topics": {name: (str(one.topic_id), len(one.partitions)) for name, one in topics.items()},
        "configs": configs,
        "acls": {str(one) for one in admin.describe_acls(everything).result(60)},
        **{
            kind: "\n".join(sorted(told.splitlines()))
            for kind in QUOTAS
            for told in [_configure(broker, "--describe", "--entity-type", kind)]
        },
    }


def elect(broker: PlainBroker) -> None:
    """See to it that every partition has a leader: the new cluster knows nobody who had it."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)

    def led() -> bool:
        without: dict[str, list[int]] = {}
        for topic in admin.describe_topics():
            for part in topic["partitions"]:
                if part["leader_id"] < 0:
                    without.setdefault(topic["name"], []).append(part["partition_index"])
        if without:
            admin.elect_leaders(UNCLEAN, without, raise_errors=False)
        return not without

    try:
        eventually(led, patience=60)
    finally:
        admin.close()
