# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Ed25519 keys in the forms that openssl reads: sign a report, check a signature.

The library is loaded when a key is used: reading which keys are published costs a hook nothing.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclasses.dataclass(frozen=True)
class PublicKey:
    """The half that everybody may know.

    Attributes:
        pem: SubjectPublicKeyInfo, as `openssl pkey -pubin` reads it.
    """

    pem: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its DER form, in hex: `openssl pkey -pubin -outform DER | sha256sum`."""
        body = "".join(line for line in self.pem.splitlines() if not line.startswith("-----"))
        return hashlib.sha256(base64.b64decode(body)).hexdigest()

    def verifies(self, content: bytes, signature: bytes) -> bool:
        """Whether this key's other half signed exactly these bytes."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(self.pem.encode())
        except ValueError:
            return False
        if not isinstance(key, Ed25519PublicKey):
            return False
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclasses.dataclass(frozen=True)
class SigningKey:
    """The half that signs. Its text form goes into a Juju secret and nowhere else."""

    _key: Ed25519PrivateKey = dataclasses.field(repr=False)

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, pem: str) -> SigningKey:
        """The key of a PKCS#8 PEM text.

        Raises:
            ValueError: it holds no Ed25519 key; the text itself is not repeated.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the secret of the reports' key holds no Ed25519 key") from None
        return cls(key)

    @property
    def public(self) -> PublicKey:
        """The other half."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return PublicKey(pem.decode())

    def to_pem(self) -> str:
        """PKCS#8, unencrypted: for the content of a secret."""
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def sign(self, content: bytes) -> bytes:
        """64 bytes that only this key makes of this content, each time the same."""
        return self._key.sign(content)
