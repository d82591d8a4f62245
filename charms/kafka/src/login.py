# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a login is taken or refused, told from a broker that cannot be reached."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts import ClusterError

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

_SECONDS = 1
_TRIES = 8


def refused(servers: Iterable[str], truststore: Path, username: str, password: str) -> bool:
    """Whether each of the brokers refuses this login; False as soon as one takes it.

    Args:
        servers: `host:port` of each broker's client listener.
        truststore: PEM of the authorities to trust.
        username: of the user.
        password: of the user.

    Raises:
        ClusterError: a broker did not answer, so nothing is proved.
    """
    return all(_refused(server, truststore, username, password) for server in servers)


def taken(server: str, truststore: Path, username: str, password: str) -> bool:
    """Whether a broker takes this login; arguments and errors as `refused` has them."""
    return not _refused(server, truststore, username, password)


def _refused(server: str, truststore: Path, username: str, password: str) -> bool:
    # Only needed at the end of a change of credentials: no other hook pays for loading it.
    from confluent_kafka import KafkaError
    from confluent_kafka.admin import AdminClient

    errors: list[KafkaError] = []
    settings: dict[str, Any] = {
        "bootstrap.servers": server,
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": str(truststore),
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": username,
        "sasl.password": password,
        "error_cb": errors.append,
        "log_level": 0,
    }
    client = AdminClient(settings)
    for _ in range(_TRIES):
        if _told(client):
            return False
        if any(one.code() == KafkaError._AUTHENTICATION for one in errors):
            return True
    told = "; ".join(str(one) for one in errors) or "no answer"
    raise ClusterError(f"Cannot try a login at {server}: {told}")


def _told(client: "AdminClient") -> bool:
    """Whether a broker answers; what went wrong otherwise is told to the client's `error_cb`."""
    from confluent_kafka import KafkaException

    try:
        client.list_topics(timeout=_SECONDS)
    except KafkaException:
        client.poll(0)
        return False
    return True
