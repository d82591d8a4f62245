# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The broker on this machine: its programs, files, storage and process. Knows no Juju."""

import dataclasses
import errno
import hashlib
import re
import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from complaints import complaint
from dataops.host import packages
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory, ensure_tree
from dataops.host.paths import UnitPaths
from dataops.host.processes import Process, identify
from dataops.host.services import Service, ServiceManager
from dataops.host.wake import Waker
from facts import BrokerFacts
from listeners import CLIENT_PORT, METRICS_PORT, PORTS
from pem import Shown, shown
from programs import Programs
from restorer import Restorer
from shipping import Shipping
from stores import Stores

SERVICE = "broker"
POM = Path(__file__).parents[1] / "pom.xml"
_FINGERPRINT = "-Ddataops.settings="
# Room for one segment and its indexes; below it a broker ends at the next roll.
_ROOM = 1 << 30
_JVM = (
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    # They lie in /tmp and would outlive the unit.
    "-XX:-UsePerfData",
)


class BrokerError(Exception):
    """The broker cannot run; the message says why and what the operator does about it."""


@dataclasses.dataclass(frozen=True)
class Broker:
    """One broker, with the directories and the service manager of its unit.

    Attributes:
        paths: the unit's directories.
        services: what keeps the process running.
        user: whom it runs as; None is oneself.
        storage: the unit's storage, once attached.
        address: where it listens.
    """

    paths: UnitPaths
    services: ServiceManager
    user: str | None
    storage: Path | None
    address: str

    @property
    def data(self) -> Path:
        """Where the log segments are: a directory of its own, for a volume's root is not ours."""
        return (self.storage or self.paths.root) / "kafka"

    @property
    def programs(self) -> Programs:
        """Kafka's own programs."""
        return Programs(
            java=self._java,
            libraries=self._libraries(self._version),
            etc=self.paths.etc,
            scratch=self.paths.tmp,
            user=self.user,
        )

    def facts(self) -> BrokerFacts:
        """What is there now; changes nothing."""
        state = self.services.state(SERVICE)
        seen = shown(self.address, CLIENT_PORT) if state.running else Shown()
        loaded = self.stores.loaded()
        return BrokerFacts(
            version=self._version,
            release=self._release,
            cluster_id=self._cluster_id,
            running=state.running,
            failed=state.status.value == "failed",
            listening=bool(seen.serial),
            started_with=_started_with(state.pid),
            serial=seen.serial,
            expires=seen.expires,
            stores=self.stores.digest,
            loaded=loaded.digest,
            trusts=frozenset(loaded.trusts),
            proved=loaded.proved,
            # What an earlier process said is no news of one that runs.
            complaint="" if state.running else complaint(self.paths.log),
            shipped=self.shipping.state,
            free=shutil.disk_usage(self.data).free if self.data.is_dir() else None,
            **self._restored(),
        )

    def install(self, archive: Path | None) -> bool:
        """Whether anything was brought here: Kafka's jars from the archive, else from Maven.

        Raises:
            dataops.host.packages.PackageError: something is missing and cannot be had.
        """
        self.paths.create(self.user)
        version = _digest(archive or POM)
        target = self._libraries(version)
        if archive and version != self._version:
            packages.unpack(archive, target.parent)
        packages.ensure_java(target.parent / "java")
        if version == self._version:
            return False
        if not archive:
            packages.copy_maven_dependencies(POM, target)
        return ensure_contents(self._marker, version)

    def configure(self, files: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Whether any file changed.

        Args:
            files: configuration, by name.
            secrets: key and trust stores, by name; only the broker's user may read them.
        """
        changed = False
        for name, text in {**files, **secrets}.items():
            mode = 0o600 if name in secrets else 0o640
            changed |= ensure_contents(self.paths.etc / name, text, mode=mode, owner=self.user)
        return changed

    def format(self, cluster_id: str, *, standalone: bool) -> None:
        """Make the storage part of the cluster."""
        ensure_directory(self.data, mode=0o750, owner=self.user)
        if not (self.data / "meta.properties").exists():
            self.programs.format(cluster_id, standalone=standalone)
        if self._bootstrap.exists():
            # The last act: before it the storage counts as not formatted.
            self._bootstrap.replace(self.data / "bootstrap.checkpoint")

    def start(self, heap: str, fingerprint: str, *, anew: bool = False) -> bool:
        """Whether the broker had to be started, or anew, to run with the files as they are.

        Args:
            heap: of its process.
            fingerprint: of the settings.
            anew: even if it runs with these.

        Raises:
            BrokerError: a port is taken or the disk is full.
        """
        running = self.services.state(SERVICE)
        if _started_with(running.pid) == fingerprint and not anew:
            return False
        if not running.running:
            ensure_tree(self.data, mode=0o750, owner=self.user)
            self._check_room()
            self._check_ports()
        self.services.ensure(self._service(heap, fingerprint))
        if running.running:
            self.services.restart(SERVICE)
        else:
            self.services.start(SERVICE)
        self.stores.note_start()
        return True

    def stop(self, patience: float | None = None) -> None:
        """End the broker in order: it hands its partitions over and flushes its logs.

        Args:
            patience: seconds after which it is killed; None gives it the time that it needs.
        """
        self.services.stop(SERVICE, patience=patience)

    def remove(self) -> None:
        """End and remove everything but the data."""
        self.services.remove_all()
        ensure_absent(self.paths.root)

    def wake_when_listening(self, unit: str) -> None:
        """Have the charm called again once the broker serves clients; returns at once."""
        Waker(self.services, unit).when_serving(self.address, CLIENT_PORT)

    def wake_after(self, unit: str, seconds: float) -> None:
        """Have the charm called again in so many seconds; returns at once."""
        Waker(self.services, unit).after(seconds)

    def wait_until_loaded(self, seconds: float) -> str:
        """What is still wrong with what the ports serve by then; empty once they serve it."""
        deadline = time.monotonic() + seconds
        while (why := self.stores.prove(self.address)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return why

    @property
    def process(self) -> Process | None:
        """The broker's process; None when there is none."""
        return identify(self.services.state(SERVICE).pid)

    @property
    def stores(self) -> Stores:
        """Its key and trust store."""
        return Stores(self.paths.etc)

    @property
    def restorer(self) -> Restorer | None:
        """What restores data here; None while there is no storage."""
        if self.storage is None:
            return None
        return Restorer(self.paths, self.services, self.storage, self.user)

    @property
    def shipping(self) -> Shipping:
        """What keeps backups following each other here."""
        return Shipping(self.paths, self.services)

    @property
    def _bootstrap(self) -> Path:
        """The metadata of a restored cluster, until its storage is formatted."""
        return self.data / "bootstrap.restored"

    @property
    def _cluster_id(self) -> str:
        if self._bootstrap.exists():
            return ""
        return _property(self.data / "meta.properties", "cluster.id")

    def _restored(self) -> dict[str, Any]:
        made = self.restorer
        if made is None:
            return {}
        return {"restored": made.restored, "share": made.share, "leftovers": made.leftovers}

    @property
    def _marker(self) -> Path:
        return self.paths.bin / "kafka.version"

    @property
    def _version(self) -> str:
        return self._marker.read_text() if self._marker.exists() else ""

    @property
    def _release(self) -> str:
        jars = self._libraries(self._version).glob("kafka_2.13-*.jar")
        return next((jar.stem.partition("-")[2] for jar in jars), "")

    @property
    def _java(self) -> Path:
        return packages.find_java(self._libraries(self._version).parent / "java")

    def _libraries(self, version: str) -> Path:
        return self.paths.bin / f"kafka-{version}" / "libs"

    def command(self, heap: str, fingerprint: str) -> tuple[str, ...]:
        """What runs a broker with the files as they are."""
        libraries, etc = self._libraries(self._version), self.paths.etc
        (agent,) = libraries.glob("jmx_prometheus_javaagent-*.jar")
        return (
            str(self._java),
            f"-Xms{heap}",
            f"-Xmx{heap}",
            *_JVM,
            f"-Djava.io.tmpdir={self.paths.tmp}",
            f"-javaagent:{agent}={self.address}:{METRICS_PORT}:{etc / 'jmx.yaml'}",
            f"-Dlog4j2.configurationFile={etc / 'log4j2.properties'}",
            f"{_FINGERPRINT}{fingerprint}",
            "-cp",
            f"{libraries}/*",
            "kafka.Kafka",
            str(etc / "server.properties"),
        )

    def _service(self, heap: str, fingerprint: str) -> Service:
        return Service(
            name=SERVICE,
            command=self.command(heap, fingerprint),
            user=self.user,
            restart="always",
            stop_timeout=120,
            open_files=100_000,
        )

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.data).free
        if free < _ROOM:
            raise BrokerError(
                f"disk full: {free >> 20} MiB free in {self.data}, {_ROOM >> 20} needed: free "
                "space or grow the volume"
            )

    def _check_ports(self) -> None:
        for port in PORTS:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.address, port))
                except OSError as error:
                    raise BrokerError(_why_not(self.address, port, error)) from None


def _why_not(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {address}: check the binding of `cluster`"
    return (
        f"port {port} on {address} is taken ({error.strerror}): stop what holds it "
        f"(`ss -ltnp sport = :{port}`)"
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:12]


def _property(path: Path, key: str) -> str:
    """A value of a properties file; empty when there is none."""
    if not path.exists():
        return ""
    found = re.search(rf"^{re.escape(key)}=(.*)$", path.read_text(), re.MULTILINE)
    return found[1].strip() if found else ""


def _started_with(pid: int | None) -> str:
    """The fingerprint of its settings that a running process carries."""
    if pid is None:
        return ""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return ""
    marked = (one for one in arguments if one.startswith(_FINGERPRINT))
    return next(marked, "").removeprefix(_FINGERPRINT)
