# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Kafka's metadata records are made of, as tables: names, types, tags and versions.

They are as of Kafka 4.3. All of these records are "flexible" from their first version, so every
length is compact and every structure ends with its tagged fields.
"""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Field:
    """One field of a record.

    Attributes:
        name: Kafka's own.
        type: `int8 int16 uint16 int32 int64 float64 bool string bytes uuid`, or a tuple of
            fields: a structure.
        many: whether it is an array of that.
        since: the first version of the record that has it.
        nullable: whether it may be None.
        tag: its number among the tagged fields; None for an ordinary field.
        default: what is meant when a record does not have it.
    """

    name: str
    type: str | tuple[Field, ...]
    many: bool = False
    since: int = 0
    nullable: bool = False
    tag: int | None = None
    default: Any = None


@dataclasses.dataclass(frozen=True)
class Schema:
    """One kind of record: its number, its highest version, its fields in order."""

    key: int
    name: str
    newest: int
    fields: tuple[Field, ...]


def _nodes(name: str, **more: Any) -> Field:
    return Field(name, "int32", many=True, **more)


def _directories(name: str, **more: Any) -> Field:
    return Field(name, "uuid", many=True, **more)


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "string") for name in names)


_ENDPOINT = (*_text("Name", "Host"), Field("Port", "uint16"), Field("SecurityProtocol", "int16"))
_FEATURE = (
    Field("Name", "string"),
    Field("MinSupportedVersion", "int16"),
    Field("MaxSupportedVersion", "int16"),
)
_ENTITY = (Field("EntityType", "string"), Field("EntityName", "string", nullable=True))
_LISTENERS = (Field("EndPoints", _ENDPOINT, many=True), Field("Features", _FEATURE, many=True))
_EPOCH = (Field("Id", "int32"), Field("Epoch", "int64"))

_SCHEMAS = (
    Schema(
        0,
        "RegisterBrokerRecord",
        4,
        (
            Field("BrokerId", "int32"),
            Field("IsMigratingZkBroker", "bool", since=2, default=False),
            Field("IncarnationId", "uuid"),
            Field("BrokerEpoch", "int64"),
            *_LISTENERS,
            Field("Rack", "string", nullable=True),
            Field("Fenced", "bool", default=True),
            Field("InControlledShutdown", "bool", since=1, default=False),
            _directories("LogDirs", since=3, tag=0, default=()),
            _directories("CordonedLogDirs", since=4, tag=1, nullable=True),
        ),
    ),
    Schema(
        1,
        "UnregisterBrokerRecord",
        0,
        (Field("BrokerId", "int32"), Field("BrokerEpoch", "int64")),
    ),
    Schema(2, "TopicRecord", 0, (Field("Name", "string"), Field("TopicId", "uuid"))),
    Schema(
        3,
        "PartitionRecord",
        2,
        (
            Field("PartitionId", "int32", default=-1),
            Field("TopicId", "uuid"),
            _nodes("Replicas"),
            _nodes("Isr"),
            _nodes("RemovingReplicas"),
            _nodes("AddingReplicas"),
            Field("Leader", "int32", default=-1),
            Field("LeaderRecoveryState", "int8", tag=0, default=0),
            Field("LeaderEpoch", "int32", default=-1),
            Field("PartitionEpoch", "int32", default=-1),
            _directories("Directories", since=1, default=()),
            _nodes("EligibleLeaderReplicas", since=2, nullable=True, tag=1),
            _nodes("LastKnownElr", since=2, nullable=True, tag=2),
        ),
    ),
    Schema(
        4,
        "ConfigRecord",
        0,
        (
            Field("ResourceType", "int8"),
            *_text("ResourceName", "Name"),
            Field("Value", "string", nullable=True),
        ),
    ),
    Schema(
        5,
        "PartitionChangeRecord",
        2,
        (
            Field("PartitionId", "int32", default=-1),
            Field("TopicId", "uuid"),
            _nodes("Isr", nullable=True, tag=0),
            Field("Leader", "int32", tag=1, default=-2),
            _nodes("Replicas", nullable=True, tag=2),
            _nodes("RemovingReplicas", nullable=True, tag=3),
            _nodes("AddingReplicas", nullable=True, tag=4),
            Field("LeaderRecoveryState", "int8", tag=5, default=-1),
            _directories("Directories", since=1, nullable=True, tag=8),
            _nodes("EligibleLeaderReplicas", since=2, nullable=True, tag=6),
            _nodes("LastKnownElr", since=2, nullable=True, tag=7),
        ),
    ),
    Schema(7, "FenceBrokerRecord", 0, _EPOCH),
    Schema(8, "UnfenceBrokerRecord", 0, _EPOCH),
    Schema(9, "RemoveTopicRecord", 0, (Field("TopicId", "uuid"),)),
    Schema(
        10,
        "DelegationTokenRecord",
        0,
        (
            *_text("Owner", "Requester"),
            Field("Renewers", "string", many=True),
            Field("IssueTimestamp", "int64"),
            Field("MaxTimestamp", "int64"),
            Field("ExpirationTimestamp", "int64"),
            Field("TokenId", "string"),
        ),
    ),
    Schema(
        11,
        "UserScramCredentialRecord",
        0,
        (
            Field("Name", "string"),
            Field("Mechanism", "int8"),
            Field("Salt", "bytes"),
            Field("StoredKey", "bytes"),
            Field("ServerKey", "bytes"),
            Field("Iterations", "int32"),
        ),
    ),
    Schema(12, "FeatureLevelRecord", 0, (Field("Name", "string"), Field("FeatureLevel", "int16"))),
    Schema(
        14,
        "ClientQuotaRecord",
        0,
        (
            Field("Entity", _ENTITY, many=True),
            Field("Key", "string"),
            Field("Value", "float64"),
            Field("Remove", "bool"),
        ),
    ),
    Schema(
        15,
        "ProducerIdsRecord",
        0,
        (
            Field("BrokerId", "int32"),
            Field("BrokerEpoch", "int64", default=-1),
            Field("NextProducerId", "int64"),
        ),
    ),
    Schema(
        17,
        "BrokerRegistrationChangeRecord",
        3,
        (
            Field("BrokerId", "int32"),
            Field("BrokerEpoch", "int64"),
            Field("Fenced", "int8", tag=0, default=0),
            Field("InControlledShutdown", "int8", since=1, tag=1, default=0),
            _directories("LogDirs", since=2, tag=2, default=()),
            _directories("CordonedLogDirs", since=3, tag=3, nullable=True),
        ),
    ),
    Schema(
        18,
        "AccessControlEntryRecord",
        0,
        (
            Field("Id", "uuid"),
            Field("ResourceType", "int8"),
            Field("ResourceName", "string"),
            Field("PatternType", "int8"),
            *_text("Principal", "Host"),
            Field("Operation", "int8"),
            Field("PermissionType", "int8"),
        ),
    ),
    Schema(19, "RemoveAccessControlEntryRecord", 0, (Field("Id", "uuid"),)),
    Schema(20, "NoOpRecord", 0, ()),
    Schema(21, "ZkMigrationStateRecord", 0, (Field("ZkMigrationState", "int8"),)),
    Schema(
        22,
        "RemoveUserScramCredentialRecord",
        0,
        (Field("Name", "string"), Field("Mechanism", "int8")),
    ),
    Schema(23, "BeginTransactionRecord", 0, (Field("Name", "string", nullable=True, tag=0),)),
    Schema(24, "EndTransactionRecord", 0, ()),
    Schema(25, "AbortTransactionRecord", 0, (Field("Reason", "string", nullable=True, tag=0),)),
    Schema(26, "RemoveDelegationTokenRecord", 0, (Field("TokenId", "string"),)),
    Schema(
        27,
        "RegisterControllerRecord",
        0,
        (
            Field("ControllerId", "int32"),
            Field("IncarnationId", "uuid"),
            Field("ZkMigrationReady", "bool"),
            *_LISTENERS,
        ),
    ),
    Schema(28, "ClearElrRecord", 0, (Field("TopicName", "string"),)),
)

BY_KEY = {schema.key: schema for schema in _SCHEMAS}
BY_NAME = {schema.name: schema for schema in _SCHEMAS}
