# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate and its key as servers in Java read them that take no PEM files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataops.certificates._identity import Identity

_NAME = b"server"


def java_keystore(identity: Identity) -> bytes:
    """A key store (PKCS#12) with key and chain, opened by `keystore_password`.

    Made anew it is other bytes each time: write it only when the identity has changed.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    # The chain is in order and ends where clients begin to trust: Java refuses one with others.
    leaf, *chain = x509.load_pem_x509_certificates(identity.chain.encode())
    key = serialization.load_pem_private_key(identity.key.encode(), None)
    return pkcs12.serialize_key_and_certificates(
        _NAME,
        key,  # pyright: ignore[reportArgumentType]  one of the kinds that certificates have
        leaf,
        chain,
        serialization.BestAvailableEncryption(keystore_password(identity).encode()),
    )


def keystore_password(identity: Identity) -> str:
    """What opens the key store: whoever may read the key itself knows it, and nobody else."""
    return hashlib.sha256(identity.key.encode()).hexdigest()[:32]
