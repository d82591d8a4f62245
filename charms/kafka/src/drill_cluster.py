# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The cluster of a rehearsal: the charm's own configuration, with keys made for it alone."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING

import formatting
import pem
from broker import Broker
from dataops.backup.scratch import Scratch
from dataops.certificates import keystore, truststore
from dataops.host.files import ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import ServiceManager
from listeners import CLIENT_PORT, INTERNAL_PORT, Replication, Settings, files

if TYPE_CHECKING:
    from charmlibs.interfaces.tls_certificates import Certificate, PrivateKey

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
# Of a reader that is let in from elsewhere.
_CERTIFICATE = "reader.pem"
_LISTENERS = re.compile(r"^(?:advertised[.])?listeners=.*$", re.MULTILINE)
_PROTOCOLS = re.compile(r"^listener[.]security[.]protocol[.]map=.*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Door:
    """Where one reader is let in from another machine, by a certificate made for it alone.

    Attributes:
        address, port: of this machine on the network.
        key: the public half of the reader's, PEM.
        name: whom it is taken for.
    """

    address: str
    port: int
    key: str
    name: str

    @property
    def server(self) -> str:
        """Where it finds the cluster."""
        return f"{self.address}:{self.port}"

    def opened(self, text: str) -> str:
        """The broker's properties with a listener for it."""
        text = _LISTENERS.sub(rf"\g<0>,READER://{self.server}", text)
        text = _PROTOCOLS.sub(r"\g<0>,READER:SSL", text)
        return f"{text}listener.name.reader.ssl.client.auth=required\n"


@dataclasses.dataclass(frozen=True)
class DrillCluster:
    """One broker in a scratch place.

    Attributes:
        scratch: the place.
        address: where it listens: this machine alone reaches it.
        app: the application's name, which the configuration goes by.
        bin: of the live broker: its programs are used.
        services: of the unit; the broker is one of them only while it waits for a reader.
        user: whom it runs as.
        door: for a reader that comes when the rehearsal itself is over; None: nobody does.
    """

    scratch: Scratch
    address: str
    app: str
    bin: Path
    services: ServiceManager
    user: str | None
    door: Door | None = None

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
        if self.door:
            made["server.properties"] = self.door.opened(made["server.properties"])
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
        begin = self.scratch.keep if self.door else self.scratch.run
        begin(broker.command(_HEAP, "drill"), log)
        serves = lambda: bool(pem.shown(self.address, CLIENT_PORT).serial)  # noqa: E731
        self.scratch.wait(serves, _PATIENCE, log)

    @property
    def authority(self) -> str:
        """Who signed what it shows."""
        return (self.paths.etc / "truststore.pem").read_text(encoding="utf-8")

    @property
    def certificate(self) -> str:
        """What its reader shows."""
        return (self.paths.etc / _CERTIFICATE).read_text(encoding="utf-8")

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
        addresses = [self.address, *([self.door.address] if self.door else [])]
        wanted = CertificateRequestAttributes(
            f"{self.app}-{NODE}", sans_ip=addresses, add_unique_id_to_subject_name=False
        )
        request = CertificateSigningRequest.generate(wanted, key)
        certificate = str(request.sign(ca, authority, _VALID))
        made = {
            "keystore.pem": keystore(str(key), certificate, ()),
            "truststore.pem": truststore(str(ca), certificate, ()),
        }
        if self.door:
            made[_CERTIFICATE] = _signed(self.door, ca, authority)
        return made


def _signed(door: Door, ca: Certificate, authority: PrivateKey) -> str:
    """A certificate for somebody else's key; of what it says, nothing is the other's choice."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    issuer = x509.load_pem_x509_certificate(str(ca).encode())
    signer = serialization.load_pem_private_key(str(authority).encode(), password=None)
    now = datetime.datetime.now(datetime.timezone.utc)
    name = x509.NameAttribute(NameOID.COMMON_NAME, door.name)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([name]))
        .issuer_name(issuer.subject)
        .public_key(serialization.load_pem_public_key(door.key.encode()))  # pyright: ignore[reportArgumentType]
        .serial_number(x509.random_serial_number())
        # The other machine's clock may be behind.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(signer, hashes.SHA256())  # pyright: ignore[reportArgumentType]
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
