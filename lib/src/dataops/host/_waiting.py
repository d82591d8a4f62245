# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The process behind `dataops.host.wake.Waker`: waits for something, then wakes the charm.

python -m dataops.host._waiting UNIT JUJU_EXEC after                   seconds: in its environment
python -m dataops.host._waiting UNIT JUJU_EXEC serving ADDRESS PORT
python -m dataops.host._waiting UNIT JUJU_EXEC changing DIRECTORY FIELD...
"""

import json
import os
import socket
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataops.host import wake

_SERVING_SECONDS = 600.0
_PAUSE_SECONDS = 0.5
# What fails and starts again and again must not keep the unit busy with hooks.
_SHORTEST_SECONDS = 15.0

States = dict[str, tuple[Any, ...]]


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


def wait_until_serving(address: str, port: int, patience: float = _SERVING_SECONDS) -> bool:
    """Whether the port serves within that many seconds."""
    deadline = time.monotonic() + patience
    while not serves(address, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def states(directory: Path, fields: Sequence[str]) -> States:
    """What the fields are in each file that can be read."""
    return {path.name: _fields(path, fields) for path in directory.glob("*.json")}


def changed(directory: Path, fields: Sequence[str], known: States) -> States:
    """The states, as soon as they differ from the known ones."""
    while (found := states(directory, fields)) == known:
        time.sleep(_PAUSE_SECONDS)
    return found


def _fields(path: Path, fields: Sequence[str]) -> tuple[Any, ...]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(content.get(field) for field in fields)
    except (OSError, ValueError, AttributeError):
        return ()


def main(unit: str, juju_exec: str, what: str, *arguments: str) -> int:
    """Wait, and wake the charm either way: it also has to say that nothing came."""
    if what == "after":
        time.sleep(float(os.environ[wake.SECONDS]))
    elif what == "serving":
        wait_until_serving(arguments[0], int(arguments[1]))
    elif what == "changing":
        _watch(unit, juju_exec, Path(arguments[0]), arguments[1:])
    return 0 if wake.call(unit, juju_exec) else 1


def _watch(unit: str, juju_exec: str, directory: Path, fields: Sequence[str]) -> None:
    known: States = {}
    while True:
        known = changed(directory, fields, known)
        wake.call(unit, juju_exec, patience=0)
        time.sleep(_SHORTEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
