# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate and its key as Java reads them."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from observed import Certificate


def java_keystore(certificate: Certificate, password: str) -> bytes:
    """The key store."""
    leaf, *chain = x509.load_pem_x509_certificates(certificate.chain.encode())
    key = serialization.load_pem_private_key(certificate.key.encode(), None)
    return pkcs12.serialize_key_and_certificates(
        b"s3proxy",
        key,  # pyright: ignore[reportArgumentType]  one of the kinds that certificates have
        leaf,
        [*chain, *x509.load_pem_x509_certificates(certificate.ca.encode())],
        serialization.BestAvailableEncryption(password.encode()),
    )
