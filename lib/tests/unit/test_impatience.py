# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import socket
import ssl
import threading

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaTimeoutError

from dataops.impatience import ImpatientClient


@pytest.fixture
def silent():
    """A server whose kernel takes connections, and whose process says nothing."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening


def address(server):
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_broker_that_says_nothing_is_given_up(silent):
    told = []

    def connect():
        with pytest.raises(KafkaTimeoutError) as error:
            KafkaAdminClient(
                bootstrap_servers=[address(silent)],
                security_protocol="SSL",
                ssl_context=ssl.create_default_context(),
                bootstrap_timeout_ms=1_000,
                kafka_client=ImpatientClient,
            )
        told.append(str(error.value))

    # In a thread, because the library alone would wait for ever.
    trying = threading.Thread(target=connect, daemon=True)
    trying.start()
    taken, _ = silent.accept()
    with contextlib.closing(taken):
        assert taken.recv(1) == b"\x16", "it does not begin a handshake"
        trying.join(30)
    assert told and "Unable to bootstrap" in told[0]


def test_whoever_is_away_is_soon_tried_again(silent):
    tries = []

    def hang_up():
        with contextlib.suppress(OSError):
            while True:
                silent.accept()[0].close()
                tries.append(1)

    refusing = threading.Thread(target=hang_up, daemon=True)
    refusing.start()
    with pytest.raises(KafkaTimeoutError):
        KafkaAdminClient(
            bootstrap_servers=[address(silent)],
            bootstrap_timeout_ms=3_000,
            kafka_client=ImpatientClient,
        )
    # The library alone tries four times in that time, and twice more in the half minute after it.
    assert len(tries) >= 6
