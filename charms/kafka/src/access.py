# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a client's roles allow, as Kafka ACLs."""

from collections.abc import Iterator

from dataops.interfaces.kafka_client import ClientRequest
from facts import Acl

_PRODUCER = ("WRITE", "DESCRIBE", "CREATE")
_CONSUMER = ("READ", "DESCRIBE")
# An explicit grant over everything, not `super.users`: it ends with the relation like any other.
_ADMIN = (
    ("CLUSTER", "kafka-cluster"),
    ("TOPIC", "*"),
    ("GROUP", "*"),
    ("TRANSACTIONAL_ID", "*"),
)


def principal(username: str) -> str:
    """The user as ACLs name it."""
    return f"User:{username}"


def acls_for(request: ClientRequest, username: str = "") -> frozenset[Acl]:
    """Every permission that the request grants a user of its client, and none beside.

    Args:
        request: the client's.
        username: the user; the client's first one when it is not given.
    """
    return frozenset(_grants(request, principal(username or request.username)))


def _grants(request: ClientRequest, who: str) -> Iterator[Acl]:
    name, prefixed = request.topic.removesuffix("*"), request.topic.endswith("*")
    if "producer" in request.roles:
        yield from (Acl(who, "TOPIC", name, prefixed, operation) for operation in _PRODUCER)
    if "consumer" in request.roles:
        yield from (Acl(who, "TOPIC", name, prefixed, operation) for operation in _CONSUMER)
        yield Acl(who, "GROUP", request.group_prefix, True, "READ")
    if "admin" in request.roles:
        yield from (Acl(who, resource, every, False, "ALL") for resource, every in _ADMIN)
