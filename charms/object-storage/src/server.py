# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The workload: S3Proxy over a directory. Knows nothing of Juju."""

from __future__ import annotations

import contextlib
import logging
import shutil
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from dataops.certificates import Identity, IdentityFiles, java_keystore, keystore_password
from dataops.host import packages
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory, ensure_tree
from dataops.host.packages import PackageError
from dataops.host.paths import UnitPaths
from dataops.host.ports import bind_failure
from dataops.host.processes import Process, identify
from dataops.host.services import Service, ServiceError, ServiceManager
from dataops.host.wake import Waker
from keyring import Key
from observed import Condition
from plan import Install, Retire, Serve, Step

logger = logging.getLogger(__name__)

SERVICE = "s3proxy"
# Until it listens: a Java machine's start, and a bit.
_START_SECONDS = 5.0
# After that it is looked at so often.
_AGAIN_SECONDS = 10.0
_ABANDONED_SECONDS = 24 * 3600


class Server:
    """The store of one unit.

    Args:
        paths: the unit's directories.
        services: who keeps the process running.
        waker: who calls the charm when time has passed.
        pom: what names the program and its version.
        user: whom the process runs as; None: oneself.
    """

    def __init__(
        self,
        paths: UnitPaths,
        services: ServiceManager,
        waker: Waker,
        pom: Path,
        user: str | None = None,
    ) -> None:
        self._paths = paths
        self._services = services
        self._waker = waker
        self._pom = pom
        self._user = user
        self._failure = ""

    @property
    def _root(self) -> Path:
        return self._paths.root / "s3proxy"

    @property
    def _java(self) -> Path:
        return self._root / "java"

    def converge(self, steps: Sequence[Step]) -> None:
        """Applies the steps in order; what stops one is kept for `condition` and logged."""
        self._failure = ""
        try:
            for step in steps:
                self._apply(step)
        except (PackageError, ServiceError) as error:
            self._failure = str(error)
        except OSError as error:
            self._failure = f"{error.strerror}: {error.filename}; make room or permissions there"
        if self._failure:
            logger.error("%s", self._failure)

    def condition(self, address: str, port: int, data: Path | None) -> Condition:
        """How the workload is now.

        Args:
            address: where it should listen.
            port: likewise.
            data: where its objects are.
        """
        running = self._services.state(SERVICE).running
        return Condition(
            version=self._version(),
            running=running,
            listening=running and _listens(address, port),
            free=shutil.disk_usage(data).free if data and data.is_dir() else None,
            failure=self._failure,
        )

    def _apply(self, step: Step) -> None:
        match step:
            case Install():
                self._install(step.archive)
            case Serve():
                self._serve(step)
            case Retire():
                self._services.remove_all()
                self._paths.remove()

    def _install(self, archive: Path | None) -> None:
        self._paths.create(self._user)
        if archive:
            packages.unpack(archive, self._root)
            if not self._jars():
                raise PackageError(
                    "The resource s3proxy holds no libs/*.jar: make it with"
                    " python -m tools.resources s3proxy, then juju attach-resource"
                )
        packages.ensure_java(self._java)
        if archive is None:
            ensure_absent(self._root / ".digest")
            packages.copy_maven_dependencies(self._pom, self._root / "libs")

    def _serve(self, step: Serve) -> None:
        if not self._jars():
            raise PackageError("S3Proxy is not installed: see juju debug-log")
        objects = step.data / "buckets"
        ensure_tree(objects, mode=0o750, owner=self._user)
        for bucket in sorted(step.buckets):
            # Nobody but the operator removes one: it may hold the only backup.
            ensure_directory(objects / bucket, mode=0o750, owner=self._user)
        _sweep(objects)
        changed = self._secure(step.certificate)
        files = [self._allow(key, step, objects) for key in step.keys]
        changed = any([changed, *(fresh for _, fresh in files)])
        wanted = {path for path, _ in files}
        for path in self._paths.etc.glob("key-*.properties"):
            if path not in wanted:
                path.unlink()
        changed = (
            self._services.ensure(self._service(step, [path for path, _ in files])) or changed
        )
        running = self._services.state(SERVICE).running
        if not running and (failure := bind_failure(step.address, step.port)):
            # Whoever has it would be taken for us.
            raise ServiceError(
                f"Port {step.port} of {step.address} is taken ({failure}): see who has it with "
                f"'sudo ss -ltnp sport = :{step.port}' and stop it, or choose another: "
                "juju config <application> port=..."
            )
        if changed or not running:
            self._services.restart(SERVICE)
            self._waker.after(_START_SECONDS)
        elif not _listens(step.address, step.port):
            # Whoever was to look at it came too early: this machine is slow.
            self._waker.after(_AGAIN_SECONDS)

    def _allow(self, key: Key, step: Serve, objects: Path) -> tuple[Path, bool]:
        """The file that lets the key in, and whether it changed."""
        where = f"{step.address}:{step.port}"
        settings = {
            **(
                {"s3proxy.secure-endpoint": f"https://{where}"}
                if step.certificate
                else {"s3proxy.endpoint": f"http://{where}"}
            ),
            "s3proxy.authorization": "aws-v4",
            "s3proxy.identity": key.access,
            "s3proxy.credential": key.secret,
            "jclouds.provider": "filesystem-nio2",
            "jclouds.filesystem.basedir": str(objects),
        }
        if step.certificate:
            settings |= {
                "s3proxy.keystore-path": str(self._keystore),
                "s3proxy.keystore-password": keystore_password(step.certificate),
            }
        path = self._paths.etc / f"key-{key.access}.properties"
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        return path, ensure_contents(path, text, mode=0o600, owner=self._user)

    @property
    def _keystore(self) -> Path:
        return self._paths.etc / "keystore.p12"

    @property
    def identity(self) -> IdentityFiles:
        """The certificate that is served, as it was handed out."""
        return IdentityFiles(self._paths.etc, "store")

    @property
    def process(self) -> Process | None:
        """The one that serves; None when there is none."""
        pid = self._services.state(SERVICE).pid
        return identify(pid) if pid else None

    def _secure(self, certificate: Identity | None) -> bool:
        """Whether the certificate that is served had to change: S3Proxy reads it once."""
        if certificate is None:
            return any([ensure_absent(self._keystore), self.identity.ensure(None)])
        before = self.identity.read()
        served = before and self._keystore.is_file() and (before.chain, before.key)
        changed = served != (certificate.chain, certificate.key)
        if changed:
            content = java_keystore(certificate)
            ensure_contents(self._keystore, content, mode=0o600, owner=self._user)
        # Last: they say that the other one is there.
        self.identity.ensure(certificate)
        return changed

    def _service(self, step: Serve, files: Sequence[Path]) -> Service:
        java = [
            str(packages.find_java(self._java)),
            f"-Xmx{step.heap}",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            # What Java keeps in /tmp would outlive the unit.
            "-XX:-UsePerfData",
            f"-Djava.io.tmpdir={self._paths.tmp}",
            # Its log names every header at the level below, and its logger each step of its own.
            "-DLOG_LEVEL=warn",
            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
            "-jar",
            str(self._jars()[0]),
        ]
        named = [word for path in files for word in ("--properties", str(path))]
        return Service(
            name=SERVICE,
            command=(*java, *named),
            user=self._user,
            restart="always",
            stop_timeout=20,
        )

    def _jars(self) -> list[Path]:
        return sorted((self._root / "libs").glob("s3proxy-*.jar"))

    def _version(self) -> str:
        jars = self._jars()
        return jars[-1].name.split("-")[1].removesuffix(".jar") if jars else ""


def _sweep(objects: Path) -> None:
    """Parts of uploads that nobody will complete: their client was killed, or gave up."""
    for pattern in ("*/.mpus-*", "*/.s3proxy-mpu-stub-*"):
        for part in objects.glob(pattern):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _ABANDONED_SECONDS:
                    part.unlink()


def _listens(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False
