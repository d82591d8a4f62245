# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The cluster of a rehearsal: the charm's own configuration, with keys made for it alone."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from pathlib import Path

import formatting
import pem
from broker import Broker
from dataops.backup.scratch import Scratch
from dataops.certificates import keystore, truststore
from dataops.host.files import ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import ServiceManager
from listeners import CLIENT_PORT, INTERNAL_PORT, Replication, Settings, files

NODE = 0
_HEAP = "256m"
_PATIENCE = 300.0
# The keys live as long as the rehearsal, which nobody lets run for days.
_VALID = datetime.timedelta(days=2)
# What lies in the restored logs stays there while it is compared.
_KEEP = """
# A rehearsal: nothing is deleted, whatever its age. Half a minute after its start a broker looks
# for what is too old, whatever the interval is, and a backup may well hold such.
log.cleaner.enable=false
log.retention.check.interval.ms=86400000
log.initial.task.delay.ms=86400000
"""


@dataclasses.dataclass(frozen=True)
class DrillCluster:
    """One broker in a scratch place.

    Attributes:
        scratch: the place.
        address: where it listens: this machine alone reaches it.
        app: the application's name, which the configuration goes by.
        bin: of the live broker: its programs are used.
        services: nobody's; nothing here is kept running.
        user: whom it runs as.
    """

    scratch: Scratch
    address: str
    app: str
    bin: Path
    services: ServiceManager
    user: str | None

    @property
    def paths(self) -> UnitPaths:
        """Its own directories."""
        return UnitPaths(self.scratch.directory / "unit")

    @property
    def staging(self) -> Path:
        """Where its data is placed first."""
        return self.scratch.directory / "staging"

    @property
    def endpoint(self) -> str:
        """Where clients with its keys find it."""
        return f"{self.address}:{INTERNAL_PORT}"

    @property
    def broker(self) -> Broker:
        """As the charm knows brokers."""
        storage = self.scratch.directory / "storage"
        return Broker(self.paths, self.services, self.user, storage, self.address)

    def furnish(self) -> None:
        """Its directories, files and keys."""
        ensure_directory(self.scratch.directory / "storage", owner=self.user)
        self.paths.create(self.user)
        self.paths.bin.rmdir()
        self.paths.bin.symlink_to(self.bin)
        made = files(self._settings())
        made["server.properties"] += _KEEP
        self.broker.configure(made, self._keys())

    def formatted(self, cluster_id: str) -> contextlib.AbstractContextManager[None]:
        """Within it, while data is placed, the storage becomes part of a cluster of its own."""
        place, logs = self.staging / "formatted", self.staging / "logs"
        programs = self.broker.programs
        return formatting.beside(programs, cluster_id, standalone=True, place=place, logs=logs)

    def start(self, cluster_id: str) -> None:
        """Format what was placed, unless it is, run it, and return once it serves.

        Raises:
            ProgramError: it cannot be formatted.
            ScratchError: it does not come up.
        """
        broker, log = self.broker, self.scratch.directory / "broker.log"
        (self.staging / "logs").rename(broker.data)
        broker.format(cluster_id, standalone=True)
        self.scratch.run(broker.command(_HEAP, "drill"), log)
        serves = lambda: bool(pem.shown(self.address, CLIENT_PORT).serial)  # noqa: E731
        self.scratch.wait(serves, _PATIENCE, log)

    def _settings(self) -> Settings:
        return Settings(
            node_id=NODE,
            app=self.app,
            address=self.address,
            controllers=(self.address,),
            data=self.scratch.directory / "storage" / "kafka",
            etc=self.paths.etc,
            log=self.paths.log,
            replication=Replication.of(1),
            default_partitions=1,
            auto_create_topics=False,
            log_retention_hours=24,
            max_reauth_seconds=3600,
        )

    def _keys(self) -> dict[str, str]:
        """A key, and an authority that nobody else trusts and that signs nothing else."""
        from charmlibs.interfaces.tls_certificates import (
            Certificate,
            CertificateRequestAttributes,
            CertificateSigningRequest,
            KeyAlgorithm,
            PrivateKey,
        )

        authority, key = (PrivateKey.generate(key_algorithm=KeyAlgorithm.ECDSA) for _ in "ab")
        own = CertificateRequestAttributes("rehearsal", is_ca=True)
        ca = Certificate.generate_self_signed_ca(own, authority, _VALID)
        wanted = CertificateRequestAttributes(
            f"{self.app}-{NODE}", sans_ip=[self.address], add_unique_id_to_subject_name=False
        )
        request = CertificateSigningRequest.generate(wanted, key)
        certificate = str(request.sign(ca, authority, _VALID))
        return {
            "keystore.pem": keystore(str(key), certificate, ()),
            "truststore.pem": truststore(str(ca), certificate, ()),
        }
