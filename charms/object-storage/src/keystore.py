# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate and its key as Java reads them."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from dataops.certificates import Identity


def java_keystore(certificate: Identity, password: str) -> bytes:
    """The key store."""
    # The chain is in order and ends where clients begin to trust: Java refuses one with others.
    leaf, *chain = x509.load_pem_x509_certificates(certificate.chain.encode())
    key = serialization.load_pem_private_key(certificate.key.encode(), None)
    return pkcs12.serialize_key_and_certificates(
        b"s3proxy",
        key,  # pyright: ignore[reportArgumentType]  one of the kinds that certificates have
        leaf,
        chain,
        serialization.BestAvailableEncryption(password.encode()),
    )
