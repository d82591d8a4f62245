# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A real S3 server that checks signatures, for tests that are about the client."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from dataops.host.packages import copy_maven_dependencies, find_java
from dataops.host.ports import free_port
from dataops.objectstore import Target
from tests.integration.processes import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
POM = ROOT / "charms" / "object-storage" / "pom.xml"
KEYS = {"access_key": "the-access-key", "secret_key": "the-secret-key"}


class S3Server:
    """S3Proxy over a directory, on a port of its own; the program that `object-storage` runs.

    Args:
        folder: for its files; not in it yet.
        keystore: a PKCS12 file and its password: it then serves https.
    """

    def __init__(self, folder: Path, keystore: tuple[Path, str] | None = None) -> None:
        self._port = free_port("127.0.0.1")
        libs = ROOT / ".cache" / "s3proxy"
        libs.parent.mkdir(exist_ok=True)
        copy_maven_dependencies(POM, libs)
        (self._jar,) = libs.glob("*.jar")
        self.objects = folder / "objects"
        (self.objects / "bucket").mkdir(parents=True)
        self._log = folder / "s3proxy.log"
        self.endpoint = f"{'https' if keystore else 'http'}://127.0.0.1:{self._port}"
        settings = {
            "s3proxy.secure-endpoint" if keystore else "s3proxy.endpoint": self.endpoint,
            "s3proxy.authorization": "aws-v4",
            "s3proxy.identity": KEYS["access_key"],
            "s3proxy.credential": KEYS["secret_key"],
            "jclouds.provider": "filesystem-nio2",
            "jclouds.filesystem.basedir": str(self.objects),
        }
        if keystore:
            settings["s3proxy.keystore-path"] = str(keystore[0])
            settings["s3proxy.keystore-password"] = keystore[1]
        self._settings = folder / "s3proxy.properties"
        self._settings.write_text("".join(f"{k}={v}\n" for k, v in settings.items()))
        self._process: subprocess.Popen[bytes] | None = None

    def target(self, **changes: object) -> Target:
        """The bucket `bucket`, with the right keys unless told otherwise."""
        sound = {"kind": "s3", "bucket": "bucket", "endpoint": self.endpoint, **KEYS}
        return Target.model_validate({**sound, **changes})

    def start(self) -> None:
        """Returns when it answers."""
        java = [str(find_java()), "-Xmx96m", "-XX:+UseSerialGC", "-DLOG_LEVEL=warn"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*java, "-jar", str(self._jar), "--properties", str(self._settings)],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._listens, 60, "the S3 server")

    def kill(self) -> None:
        """At once, as when its machine dies."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self._log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
