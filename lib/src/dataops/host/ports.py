# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a port is free: who starts on one that is not would fail again and again."""

import secrets
import socket

# The kernel gives clients ports above these.
_UNASKED = range(20_000, 30_000)
_ATTEMPTS = 100


def bind_failure(address: str, port: int) -> str:
    """Why one cannot listen there; empty when one can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of a former process may linger; only a listener is in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return str(error.strerror)
    return ""


def free_port(address: str) -> int:
    """A port on which nobody listens, and that no client is given until somebody does.

    Raises:
        OSError: nobody can listen there.
    """
    reason = ""
    for port in secrets.SystemRandom().sample(_UNASKED, _ATTEMPTS):
        if not (reason := bind_failure(address, port)):
            return port
    raise OSError(f"Cannot listen on {address}: {reason}")
