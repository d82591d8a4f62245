# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a cluster knows of itself, after all its metadata records."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dataops.backup.metadata._codec import MetadataError, Record, record

TopicPartition = tuple[str, int]
_TOPIC = 2
# "No change" in the record of a partition's change.
_SAME_LEADER = -2
_SAME_STATE = -1
# Of a change of a broker's registration: 0 says nothing.
_FLAGS = ("Fenced", "InControlledShutdown")


@dataclasses.dataclass
class Image:
    """A cluster's metadata at one moment.

    Attributes:
        features: levels by name; `metadata.version` is one.
        topics: ids by name.
        partitions: `PartitionRecord`s by topic id and number.
        configs: values by resource type (2: topic, 4: broker, 8: client metrics, 16: group ...)
            and name, then by option.
        acls: `AccessControlEntryRecord`s by id.
        scram: `UserScramCredentialRecord`s by user and mechanism (1: SHA-256, 2: SHA-512).
        quotas: by entity (pairs of type and name, None is the default), then by quota.
        tokens: `DelegationTokenRecord`s by id.
        next_producer_id: none that was ever given out is as high.
        brokers: `RegisterBrokerRecord`s by node.
    """

    features: dict[str, int] = dataclasses.field(default_factory=dict[str, int])
    topics: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    partitions: dict[TopicPartition, Record] = dataclasses.field(
        default_factory=dict[TopicPartition, Record]
    )
    configs: dict[tuple[int, str], dict[str, str]] = dataclasses.field(
        default_factory=dict[tuple[int, str], dict[str, str]]
    )
    acls: dict[str, Record] = dataclasses.field(default_factory=dict[str, Record])
    scram: dict[tuple[str, int], Record] = dataclasses.field(
        default_factory=dict[tuple[str, int], Record], repr=False
    )
    quotas: dict[tuple[tuple[str, str | None], ...], dict[str, float]] = dataclasses.field(
        default_factory=dict[tuple[tuple[str, "str | None"], ...], dict[str, float]]
    )
    tokens: dict[str, Record] = dataclasses.field(default_factory=dict[str, Record])
    next_producer_id: int = 0
    brokers: dict[int, Record] = dataclasses.field(default_factory=dict[int, Record])

    @classmethod
    def of(cls, records: Iterable[Record]) -> Image:
        """The image after these records, in order.

        A transaction of records that has no end counts as one that was aborted.
        """
        image = cls()
        for one in _committed(records):
            image.apply(one)
        return image

    def apply(self, one: Record) -> None:
        """Follow one record."""
        if change := _CHANGES.get(one.name):
            change(self, one)

    def partitions_of(self, topic: str) -> dict[int, Record]:
        """The partitions of a topic, by number."""
        topic_id = self.topics[topic]
        return {index: one for (owner, index), one in self.partitions.items() if owner == topic_id}

    def records(self) -> Iterator[Record]:
        """Records that make the same image, but for the registrations of brokers."""
        # Others depend on the version of the metadata, which therefore comes first.
        for name in sorted(self.features, key=lambda one: (one != "metadata.version", one)):
            yield record("FeatureLevelRecord", Name=name, FeatureLevel=self.features[name])
        for name, topic_id in sorted(self.topics.items()):
            yield record("TopicRecord", Name=name, TopicId=topic_id)
            yield from (one for _, one in sorted(self.partitions_of(name).items()))
        yield from self._config_records()
        yield from self._quota_records()
        if self.next_producer_id:
            yield record("ProducerIdsRecord", BrokerId=-1, NextProducerId=self.next_producer_id)
        for kept in (self.acls, self.scram, self.tokens):
            yield from (one for _, one in sorted(kept.items()))

    def _config_records(self) -> Iterator[Record]:
        for (kind, resource), values in sorted(self.configs.items()):
            for name, value in sorted(values.items()):
                where = {"ResourceType": kind, "ResourceName": resource}
                yield record("ConfigRecord", **where, Name=name, Value=value)

    def _quota_records(self) -> Iterator[Record]:
        for entity, values in sorted(self.quotas.items(), key=str):
            parts = tuple({"EntityType": kind, "EntityName": name} for kind, name in entity)
            for key, value in sorted(values.items()):
                yield record("ClientQuotaRecord", Entity=parts, Key=key, Value=value, Remove=False)


def _committed(records: Iterable[Record]) -> Iterator[Record]:
    pending: list[Record] | None = None
    for one in records:
        match one.name:
            case "BeginTransactionRecord":
                pending = []
            case "AbortTransactionRecord":
                pending = None
            case "EndTransactionRecord":
                yield from pending or ()
                pending = None
            case _ if pending is not None:
                pending.append(one)
            case _:
                yield one


def _feature(image: Image, one: Record) -> None:
    if one["FeatureLevel"]:
        image.features[one["Name"]] = one["FeatureLevel"]
    else:
        image.features.pop(one["Name"], None)


def _topic(image: Image, one: Record) -> None:
    image.topics[one["Name"]] = one["TopicId"]


def _partition(image: Image, one: Record) -> None:
    image.partitions[one["TopicId"], one["PartitionId"]] = one


def _partition_change(image: Image, one: Record) -> None:
    key = one["TopicId"], one["PartitionId"]
    if key not in image.partitions:
        raise MetadataError(f"a partition changes that was never made: {key[0]}-{key[1]}")
    before = image.partitions[key]
    values = dict(before.fields, PartitionEpoch=before["PartitionEpoch"] + 1)
    for name, value in one.fields.items():
        if name in ("PartitionId", "TopicId", "Leader", "LeaderRecoveryState") or value is None:
            continue
        values[name] = value
    if one["Leader"] != _SAME_LEADER:
        values.update(Leader=one["Leader"], LeaderEpoch=before["LeaderEpoch"] + 1)
    if one["LeaderRecoveryState"] != _SAME_STATE:
        values["LeaderRecoveryState"] = one["LeaderRecoveryState"]
    version = max(before.version, one.version)
    image.partitions[key] = dataclasses.replace(before, version=version, fields=values)


def _remove_topic(image: Image, one: Record) -> None:
    names = [name for name, topic_id in image.topics.items() if topic_id == one["TopicId"]]
    for name in names:
        del image.topics[name]
        image.configs.pop((_TOPIC, name), None)
    for key in [key for key in image.partitions if key[0] == one["TopicId"]]:
        del image.partitions[key]


def _config(image: Image, one: Record) -> None:
    key = one["ResourceType"], one["ResourceName"]
    values = image.configs.setdefault(key, {})
    if one["Value"] is None:
        values.pop(one["Name"], None)
    else:
        values[one["Name"]] = one["Value"]
    if not values:
        del image.configs[key]


def _acl(image: Image, one: Record) -> None:
    image.acls[one["Id"]] = one


def _remove_acl(image: Image, one: Record) -> None:
    image.acls.pop(one["Id"], None)


def _scram(image: Image, one: Record) -> None:
    image.scram[one["Name"], one["Mechanism"]] = one


def _remove_scram(image: Image, one: Record) -> None:
    image.scram.pop((one["Name"], one["Mechanism"]), None)


def _quota(image: Image, one: Record) -> None:
    entity = tuple(sorted(((e["EntityType"], e["EntityName"]) for e in one["Entity"]), key=str))
    values = image.quotas.setdefault(entity, {})
    if one["Remove"]:
        values.pop(one["Key"], None)
    else:
        values[one["Key"]] = one["Value"]
    if not values:
        del image.quotas[entity]


def _token(image: Image, one: Record) -> None:
    image.tokens[one["TokenId"]] = one


def _remove_token(image: Image, one: Record) -> None:
    image.tokens.pop(one["TokenId"], None)


def _producer_ids(image: Image, one: Record) -> None:
    image.next_producer_id = max(image.next_producer_id, one["NextProducerId"])


def _broker(image: Image, one: Record) -> None:
    image.brokers[one["BrokerId"]] = one


def _forget_broker(image: Image, one: Record) -> None:
    image.brokers.pop(one["BrokerId"], None)


def _broker_change(image: Image, one: Record) -> None:
    before = image.brokers.get(one["BrokerId"])
    if before is None:
        return
    values = {name: one[name] > 0 for name in _FLAGS if one[name]}
    if one["LogDirs"]:
        values["LogDirs"] = one["LogDirs"]
    fields: dict[str, Any] = {**before.fields, **values}
    image.brokers[one["BrokerId"]] = dataclasses.replace(before, fields=fields)


def _fence(image: Image, one: Record) -> None:
    if before := image.brokers.get(one["Id"]):
        fenced = one.name == "FenceBrokerRecord"
        fields: dict[str, Any] = {**before.fields, "Fenced": fenced}
        image.brokers[one["Id"]] = dataclasses.replace(before, fields=fields)


def _clear_elr(image: Image, one: Record) -> None:
    topic_id = image.topics.get(one["TopicName"])
    for key, before in image.partitions.items():
        if not one["TopicName"] or key[0] == topic_id:
            fields: dict[str, Any] = {**before.fields}
            fields.update(EligibleLeaderReplicas=None, LastKnownElr=None)
            image.partitions[key] = dataclasses.replace(before, fields=fields)


# What is not named here says nothing about what a cluster is: fencing by old releases, no-ops.
_CHANGES: Mapping[str, Callable[[Image, Record], None]] = {
    "FeatureLevelRecord": _feature,
    "TopicRecord": _topic,
    "PartitionRecord": _partition,
    "PartitionChangeRecord": _partition_change,
    "RemoveTopicRecord": _remove_topic,
    "ConfigRecord": _config,
    "AccessControlEntryRecord": _acl,
    "RemoveAccessControlEntryRecord": _remove_acl,
    "UserScramCredentialRecord": _scram,
    "RemoveUserScramCredentialRecord": _remove_scram,
    "ClientQuotaRecord": _quota,
    "DelegationTokenRecord": _token,
    "RemoveDelegationTokenRecord": _remove_token,
    "ProducerIdsRecord": _producer_ids,
    "RegisterBrokerRecord": _broker,
    "UnregisterBrokerRecord": _forget_broker,
    "BrokerRegistrationChangeRecord": _broker_change,
    "FenceBrokerRecord": _fence,
    "UnfenceBrokerRecord": _fence,
    "ClearElrRecord": _clear_elr,
}
