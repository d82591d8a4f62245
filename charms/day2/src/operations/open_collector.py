# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`open-collector`: a place for one operation, to which every unit uploads its archive."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import socket
import sys
import time
from pathlib import Path

import dataops
from archive import Archive
from dataops.host import services
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.ports import free_port
from dataops.host.services import Service
from dataops.host.users import ensure_user
from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from observed import OPERATIONS, Observed

SERVICE = "collector"
LABEL = "snapshot-collector"
INCOMING = "incoming"
_PATIENCE_SECONDS = 10
_LIBRARY = str(Path(dataops.__file__).parents[1])


class Opened(Result):
    """Where to upload to.

    Attributes:
        address: `https://10.1.2.3:9470`.
        fingerprint: the SHA-256 of its certificate, in hex.
        token: the URI of the secret that holds the upload token.
        unit: on which unit it is, and the archives will be.
    """

    address: str
    fingerprint: str
    token: str
    unit: str


def run(context: Context[Observed, Archive, NoParams]) -> Opened:
    """Have it listen, with a certificate and a token that nobody has seen before.

    Raises:
        OperationError: it does not start.
    """
    # What makes certificates takes time to load, which no other hook should pay.
    from dataops.snapshot import collector

    juju, paths = context.juju, context.juju.paths
    address, user = juju.address(OPERATIONS), ensure_user("day2")
    incoming, own = context.workload.root / INCOMING, paths.root / SERVICE
    manager = services.manager(paths, juju.unit)
    manager.stop(SERVICE, patience=1)
    paths.create()
    ensure_absent(incoming)
    for folder in (incoming, own):
        ensure_directory(folder, mode=0o700, owner=user)
    token = secrets.token_urlsafe(32)
    certificate, key = collector.certificate(address)
    settings = collector.Settings(
        address=address,
        port=free_port(address),
        certificate=own / "certificate.pem",
        key=own / "key.pem",
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        folder=incoming,
    )
    texts = {settings.certificate: certificate, settings.key: key}
    texts[own / "settings.json"] = settings.model_dump_json()
    for path, text in texts.items():
        ensure_contents(path, text, mode=0o600, owner=user)
    program = (sys.executable, "-m", "dataops.snapshot.collector", str(own / "settings.json"))
    environment = {"PYTHONPATH": _LIBRARY}
    manager.ensure(
        Service(name=SERVICE, command=program, environment=environment, user=user, restart="no")
    )
    manager.restart(SERVICE)
    if not _listens(address, settings.port):
        raise OperationError(
            f"The collector does not listen on {address}:{settings.port}. "
            f"See {paths.log / SERVICE}.log on {juju.unit}."
        )
    return Opened(
        address=f"https://{address}:{settings.port}",
        fingerprint=collector.fingerprint(certificate),
        token=juju.share({"token": token}, OPERATIONS, LABEL),
        unit=juju.unit,
    )


def _listens(address: str, port: int) -> bool:
    """Whether somebody accepts connections there, soon."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection((address, port), timeout=1).close()
            return True
        time.sleep(0.05)
    return False


VERB = Verb(
    name="open-collector",
    description="A place for one operation, to which every unit uploads its archive.",
    run=run,
    params=NoParams,
    result=Opened,
    scope=Scope.LEADER,
)
