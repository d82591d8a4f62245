# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until every broker lets a new user in, and lets it do what it was granted.

Brokers follow the controller, each at its own pace. A client that comes to one of them before its
user has come there is refused, and many a client gives up for good or tries again only much later.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import login
from facts import Acl, ClusterError

if TYPE_CHECKING:
    from admin import Administrator

logger = logging.getLogger(__name__)

_PATIENCE, _PAUSE = 10.0, 0.1


def wait(
    admin: Administrator,
    servers: Mapping[int, str],
    truststore: Path,
    username: str,
    password: str,
    acls: frozenset[Acl],
) -> None:
    """Return once the user has come to every broker.

    Args:
        admin: of the cluster.
        servers: `host:port` of the client listener of each broker that is up, by node id.
        truststore: PEM of the authorities to trust.
        username: of the user.
        password: of the user.
        acls: what has to be in force there.

    Raises:
        ClusterError: a broker does not answer, or still does not know the user.
    """
    deadline = time.monotonic() + _PATIENCE
    for node, server in sorted(servers.items()):
        while not (
            login.taken(server, truststore, username, password) and acls <= admin.permissions(node)
        ):
            logger.info("Broker %s does not know %s with all that it may do yet", node, username)
            if time.monotonic() > deadline:
                raise ClusterError(f"broker {node} does not know the new user {username} yet")
            time.sleep(_PAUSE)
