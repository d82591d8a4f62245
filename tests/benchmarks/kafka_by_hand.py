# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What one does by hand to have a secured broker: format, wait, and let users in."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from confluent_kafka.admin import (
    AclBinding,
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

INTERNAL_PORT = 19093
# As many as the charm asks for: a login costs the same.
ITERATIONS = 8192


def format_storage(libraries: Path, config: Path, cluster_id: str) -> None:
    """Make the broker's storage, as the first voter of a cluster."""
    flags = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{libraries}/*"]
    what = ["format", "--cluster-id", cluster_id, "--config", str(config), "--standalone"]
    command = ["java", *flags, "kafka.tools.StorageTool", *what]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def wait_until_serving(address: str, port: int = INTERNAL_PORT, seconds: float = 180) -> None:
    """Wait for a TLS handshake on a port."""
    deadline = time.monotonic() + seconds
    while not serves(address, port):
        if time.monotonic() > deadline:
            raise SystemExit(f"{address}:{port} does not serve within {seconds:.0f} s")
        time.sleep(0.1)


def serves(address: str, port: int) -> bool:
    """Whether a TLS handshake succeeds there; the certificate is not judged."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((address, port), timeout=2) as plain:
            context.wrap_socket(plain).close()
    except OSError:
        return False
    return True


def administrator(address: str, etc: Path) -> AdminClient:
    """An administrator by the broker's own certificate, over its internal listener."""
    return AdminClient(
        {
            "bootstrap.servers": f"{address}:{INTERNAL_PORT}",
            "security.protocol": "SSL",
            "ssl.ca.location": str(etc / "truststore.pem"),
            "ssl.certificate.location": str(etc / "keystore.pem"),
            "ssl.key.location": str(etc / "keystore.pem"),
        }
    )


def let_in(admin: AdminClient, passwords: dict[str, str], acls: Iterable[AclBinding]) -> None:
    """Users with their passwords and permissions."""
    credential = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    changes = [
        UserScramCredentialUpsertion(name, credential, password.encode())
        for name, password in passwords.items()
    ]
    done = admin.alter_user_scram_credentials(changes)
    for result in (*done.values(), *admin.create_acls(list(acls)).values()):
        result.result(60)
