# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until a port serves TLS, then has the charm look again. Runs as a service of the unit.

    wake.py UNIT ADDRESS PORT JUJU_EXEC

A hook does not wait for a slow start; without this, nothing would happen before the next
update-status, up to five minutes later.
"""

import socket
import ssl
import subprocess
import sys
import time

PATIENCE_SECONDS = 600
_PAUSE_SECONDS = 0.5
_DISPATCH = "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"


def serves(address: str, port: int) -> bool:
    """Whether a TLS handshake succeeds there; the certificate is not judged."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection((address, port), timeout=2) as plain:
            context.wrap_socket(plain).close()
    except OSError:
        return False
    return True


def wait(address: str, port: int, patience: float = PATIENCE_SECONDS) -> bool:
    """Whether the port serves within that many seconds."""
    deadline = time.monotonic() + patience
    while not serves(address, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def main(unit: str, address: str, port: str, juju_exec: str) -> int:
    """Wait, and wake the charm either way: it also has to say that nothing came up."""
    wait(address, int(port))
    return subprocess.run([juju_exec, unit, _DISPATCH]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
