# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The way to the cluster's administrator, which costs little while nobody is there."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from listeners import INTERNAL_PORT

if TYPE_CHECKING:
    from admin import Administrator

_CONNECT_SECONDS = 0.5


@contextlib.contextmanager
def administrator(addresses: Iterable[str], etc: Path) -> Generator[Administrator | None]:
    """An administrator of the cluster at these addresses; None when none of them answers.

    Args:
        addresses: of brokers, IPv4 text.
        etc: where the broker's `keystore.pem` and `truststore.pem` are.

    Raises:
        ClusterError: the cluster failed while it was being used.
    """
    # The client library tries for long; a closed port is known at once.
    answering = [f"{one}:{INTERNAL_PORT}" for one in addresses if answers(one)]
    if not answering:
        yield None
        return
    # Loading Kafka's client is a quarter of a hook, and most hooks of a deployment come before
    # the broker.
    import admin

    with admin.connected(answering, etc) as found:
        yield found


def answers(address: str) -> bool:
    """Whether a broker listens there for other brokers and the charm."""
    try:
        socket.create_connection((address, INTERNAL_PORT), timeout=_CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
