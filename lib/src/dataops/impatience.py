# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack what is used here.
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUntypedBaseClass=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""kafka-python's network, without the two long waits that it has for brokers that come and go.

The library bounds the connection and every request, but not the TLS handshake between them: the
kernel takes connections for a process that hangs, which is then waited for without end. And while
it looks for a first broker it counts each failure twice: after the fifth it pauses for about 30 s,
so one that begins to listen ten seconds after the first try is found only half a minute after it.
"""

from __future__ import annotations

import operator
from typing import Any

from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient

_HANDSHAKE_MS = 3_000
_PAUSE_MS = 500


class ImpatientClient(KafkaNetClient):
    """For the option `kafka_client` of the library's clients."""

    def __init__(self, **configs: Any) -> None:
        super().__init__(**{**configs, "reconnect_backoff_max_ms": _PAUSE_MS})
        manager: Any = self._manager
        connect = manager._build_transport

        async def bounded(node: Any, timeout_at: float | None = None) -> Any:
            """The connection with its handshake done; KafkaTimeoutError when that takes long."""
            made = manager.call_soon(connect, node, timeout_at)
            try:
                return await manager.wait_for(made, _HANDSHAKE_MS)
            except KafkaTimeoutError:
                # Whoever answers later finds nobody: another connection is under way.
                made.add_callback(operator.methodcaller("close"))
                raise

        manager._build_transport = bounded
