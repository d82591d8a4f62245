# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack most of what is used here.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportArgumentType=false, reportUnknownParameterType=false
"""What the cluster of a rehearsal says that it is; and leaders for all of it."""

import base64
import time
import uuid
from collections.abc import Iterable

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourceType,
)

import group_admin
from admin import ANY_ACL
from drill_checks import Estate, Permission
from facts import ClusterError

_UNCLEAN = 1
_PATIENCE = 120.0
_PAUSE = 0.2
# Set for the topic itself, not taken from a broker.
_OWN = "DYNAMIC_TOPIC_CONFIG"


def lead(client: KafkaAdminClient) -> None:
    """Return once every partition has a leader: the one copy that there is.

    Raises:
        ClusterError: one has none after two minutes.
    """
    deadline = time.monotonic() + _PATIENCE
    while left := group_admin.without_leader(client):
        if time.monotonic() > deadline:
            raise ClusterError(f"{len(left)} topics have partitions without a leader")
        client.elect_leaders(_UNCLEAN, left, raise_errors=False)
        time.sleep(_PAUSE)


def let_read(client: KafkaAdminClient, name: str) -> None:
    """Whoever shows a certificate of that name may read every topic, and nothing else.

    Its groups are those that begin with the name.

    Raises:
        ClusterError: it is not granted.
    """
    every = ResourcePattern(ResourceType.TOPIC, "*", ACLResourcePatternType.LITERAL)
    groups = ResourcePattern(ResourceType.GROUP, name, ACLResourcePatternType.PREFIXED)
    wanted = (
        (every, ACLOperation.READ),
        (every, ACLOperation.DESCRIBE),
        (groups, ACLOperation.READ),
    )
    who, allow = f"User:CN={name}", ACLPermissionType.ALLOW
    acls = [ACL(who, "*", operation, allow, pattern) for pattern, operation in wanted]
    if failed := client.create_acls(acls)["failed"]:
        raise ClusterError(f"{name} is not let in: {len(failed)} permissions are refused")


def estate(client: KafkaAdminClient, groups: Iterable[str]) -> Estate:
    """What the cluster is; of groups, those that are named.

    Raises:
        KafkaError: it does not say.
    """
    topics = {
        topic["name"]: (_base64(topic["topic_id"]), len(topic["partitions"]))
        for topic in client.describe_topics()
        if not topic["is_internal"]
    }
    found, _ = client.describe_acls(ANY_ACL)
    return Estate(
        topics=topics,
        configs=_configs(client, topics),
        acls=frozenset(_permission(acl) for acl in found),
        groups={group.name: group for group in group_admin.told(client, groups)},
    )


def _configs(client: KafkaAdminClient, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    if not wanted:
        return {}
    answer = client.describe_configs(wanted, config_filter="all").get("topic", {})
    return {
        name: {key: one["value"] for key, one in options.items() if one["config_source"] == _OWN}
        for name, options in answer.items()
    }


def _permission(acl: object) -> Permission:
    pattern = acl.resource_pattern
    return (
        int(pattern.resource_type), pattern.resource_name, int(pattern.pattern_type),
        acl.principal, acl.host, int(acl.operation), int(acl.permission_type),
    )  # fmt: skip


def _base64(topic_id: uuid.UUID | str) -> str:
    raw = uuid.UUID(str(topic_id)).bytes
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
