# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a login is taken or refused, told from a broker that cannot be reached."""

import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts import ClusterError

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

_SECONDS = 1
_TRIES = 8
_PATIENCE_MS = 3_000


def taken(server: str, truststore: Path, username: str, password: str) -> bool:
    """Whether a broker takes this login within a few seconds; arguments as `refused` has them."""
    # The client that an administrator has loaded already: the other one takes as long to load as
    # all brokers take to answer. It tries again by itself.
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    from dataops.impatience import ImpatientClient

    try:
        client = KafkaAdminClient(
            bootstrap_servers=[server],
            client_id="charm",
            security_protocol="SASL_SSL",
            ssl_context=ssl.create_default_context(cafile=str(truststore)),
            sasl_mechanism="SCRAM-SHA-512",
            sasl_plain_username=username,
            sasl_plain_password=password,
            # The stubs are of an older release.
            bootstrap_timeout_ms=_PATIENCE_MS,  # pyright: ignore[reportCallIssue]
            kafka_client=ImpatientClient,
        )
    except (KafkaError, OSError):
        return False
    client.close()
    return True


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
