# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificates provider for tests of charms: it signs what is asked, and errs as it is told."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import json
from collections.abc import Collection
from typing import Any

from charmlibs.interfaces.tls_certificates import CertificateSigningRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from ops import testing

from dataops.certificates import Identity, parse

_DAY = datetime.timedelta(days=1)


class FakeAuthority:
    """A provider at the other end of the relation `certificates`.

    Args:
        name: of its root.
    """

    def __init__(self, name: str = "root") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.pem = self._build(self._name, self._key.public_key(), [], -_DAY, 1000 * _DAY, ca=True)

    @classmethod
    def holding(cls, certificate: str, key: str) -> FakeAuthority:
        """One that signs as the authority whose certificate and key these are, PEM."""
        found = cls()
        private = load_pem_private_key(key.encode(), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        found._key, found.pem = private, certificate
        found._name = x509.load_pem_x509_certificate(certificate.encode()).subject
        return found

    @property
    def subject(self) -> str:
        """As `list-certificates` spells it."""
        return parse(self.pem)[0].subject

    def answer(
        self,
        state: testing.State,
        *,
        names: Collection[str] | None = None,
        start: datetime.timedelta = -_DAY,
        end: datetime.timedelta = 90 * _DAY,
        also: Collection[str] = (),
    ) -> testing.State:
        """The state after it has signed the request.

        Args:
            state: with the request in it.
            names: addresses to sign for; None: those that are asked for.
            start: from when it is good, from now.
            end: until when, from now.
            also: other roots to trust, PEM.
        """
        signed = self.signed(asked(state), names=names, start=start, end=end, also=also)
        return _told(state, certificates=[signed], request_errors=[])

    def signed(
        self,
        text: str,
        *,
        names: Collection[str] | None = None,
        start: datetime.timedelta = -_DAY,
        end: datetime.timedelta = 90 * _DAY,
        also: Collection[str] = (),
    ) -> dict[str, Any]:
        """What the provider's databag says of the request `text`, PEM; the rest as `answer`."""
        request = CertificateSigningRequest.from_string(text)
        told = (
            names if names is not None else [*(request.sans_ip or ()), *(request.sans_dns or ())]
        )
        public = x509.load_pem_x509_csr(text.encode()).public_key()
        subject = x509.load_pem_x509_csr(text.encode()).subject
        signed = self._build(subject, public, [_name(one) for one in told], start, end)
        return {
            "certificate": signed,
            "ca": self.pem,
            "chain": [signed, self.pem, *also],
            "certificate_signing_request": text,
        }

    def introduce(self, state: testing.State, *roots: str) -> testing.State:
        """The state after it has handed out the same with other roots to trust, PEM."""
        (relation,) = state.get_relations("certificates")
        assert isinstance(relation, testing.Relation)
        (answer,) = json.loads(relation.remote_app_data["certificates"])
        chain = [answer["certificate"], self.pem, *roots]
        return _told(state, certificates=[{**answer, "chain": chain}])

    def refuse(self, state: testing.State, message: str = "not here") -> testing.State:
        """The state after it has refused the request."""
        return _told(state, certificates=[], request_errors=[refused(asked(state), message)])

    def identity(self, *names: str) -> Identity:
        """Key and certificate of a server with these names, as it would have handed them out."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
        sans = [_name(one) for one in names]
        chain = self._build(subject, key.public_key(), sans, -_DAY, 90 * _DAY)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Identity(chain=chain, key=private.decode(), ca=self.pem)

    def _build(
        self,
        subject: x509.Name,
        public: Any,
        sans: Collection[x509.GeneralName],
        start: datetime.timedelta,
        end: datetime.timedelta,
        *,
        ca: bool = False,
    ) -> str:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + start)
            .not_valid_after(now + end)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        if sans:
            builder = builder.add_extension(x509.SubjectAlternativeName(sans), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def refused(text: str, message: str = "not here") -> dict[str, Any]:
    """What a provider's databag says of the request `text`, PEM, that it refuses."""
    return {"csr": text, "error": {"code": 102, "name": "IP_NOT_ALLOWED", "message": message}}


def asked(state: testing.State) -> str:
    """The request of the unit, PEM."""
    (relation,) = state.get_relations("certificates")
    (one,) = json.loads(relation.local_unit_data["certificate_signing_requests"])
    return one["certificate_signing_request"]


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _told(state: testing.State, **bag: Any) -> testing.State:
    (relation,) = state.get_relations("certificates")
    assert isinstance(relation, testing.Relation)
    data = {key: json.dumps(value) for key, value in bag.items()}
    heard = dataclasses.replace(relation, remote_app_data=data)
    others = {one for one in state.relations if one.id != relation.id}
    return dataclasses.replace(state, relations={*others, heard})
