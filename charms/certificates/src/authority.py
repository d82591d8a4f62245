# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes roots and certificates: elliptic curve P-256, through the published library."""

from __future__ import annotations

import datetime

from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateRequestAttributes,
    CertificateSigningRequest,
    KeyAlgorithm,
    PrivateKey,
)

from root import Root, base_name, generation_of

_LONGEST_NAME = 64


def establish(common_name: str, days: int) -> Root:
    """A new root with a new key."""
    return _self_signed(common_name, PrivateKey.generate(key_algorithm=KeyAlgorithm.ECDSA), days)


def prolong(root: Root, days: int) -> Root:
    """The same root, valid for longer.

    Name and key stay, so a certificate verifies by the old one and by the new one.
    """
    return _self_signed(root.common_name, PrivateKey.from_string(root.private_key), days)


def successor(root: Root, days: int) -> Root:
    """A new root with a new key, whose name tells it from the one whose place it takes."""
    name, generation = base_name(root.common_name), generation_of(root.common_name)
    suffix = f" G{generation + 1}"
    return establish(name[: _LONGEST_NAME - len(suffix)] + suffix, days)


def vouch(by: Root, of: Root) -> str:
    """One root's name and key with another's signature, PEM text.

    Who trusts `by` alone verifies with it what `of` signs.
    """
    attributes = CertificateRequestAttributes(
        common_name=of.common_name, is_ca=True, add_unique_id_to_subject_name=False
    )
    request = attributes.generate_csr(PrivateKey.from_string(of.private_key))
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = request.sign(
        Certificate.from_string(by.certificate),
        PrivateKey.from_string(by.private_key),
        min(by.expires, of.expires) - now,
        is_ca=True,
    )
    return str(signed)


def sign(
    root: Root, request: str, days: int, *, is_ca: bool, now: datetime.datetime | None = None
) -> str:
    """The certificate for a request, as PEM text; it never outlives the root.

    Args:
        root: who signs.
        request: the signing request, PEM text.
        days: how long it is valid.
        is_ca: whether it may sign others.
        now: the clock, UTC.
    """
    left = root.expires - (now or datetime.datetime.now(datetime.timezone.utc))
    certificate = CertificateSigningRequest.from_string(request).sign(
        Certificate.from_string(root.certificate),
        PrivateKey.from_string(root.private_key),
        min(datetime.timedelta(days=days), left),
        is_ca,
    )
    return str(certificate)


def _self_signed(common_name: str, key: PrivateKey, days: int) -> Root:
    attributes = CertificateRequestAttributes(
        common_name=common_name, is_ca=True, add_unique_id_to_subject_name=False
    )
    validity = datetime.timedelta(days=days)
    certificate = Certificate.generate_self_signed_ca(attributes, key, validity)
    return Root(certificate=str(certificate), private_key=str(key))
