# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Objects that only the holder of a key can read: AES-256-GCM, bound to the hash in their name.

A sealed object is a nonce of 12 bytes, and then the ciphertext with its tag of 16 bytes. What is
authenticated with it is the SHA-256 (32 bytes) of the plain content before compression: an object
under another object's name does not open. Every sealed object says by its key's id which key that
is, so a key that is replaced stays on the ring, and what it has sealed stays readable.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import os

_NONCE = 12
_SIZE = 32
_LABEL = b"dataops backup key\0"


class SealError(Exception):
    """A sealed object cannot be opened."""


class WrongKeyError(SealError):
    """It was sealed with another key."""


@dataclasses.dataclass(frozen=True)
class Key:
    """A key of 256 bits, and the ring of those that it took the place of.

    Attributes:
        secret: seals.
        earlier: open what was sealed before; the newest first.
    """

    secret: bytes = dataclasses.field(repr=False)
    earlier: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)

    @classmethod
    def new(cls) -> Key:
        """A key that nobody has yet."""
        return cls(os.urandom(_SIZE))

    @classmethod
    def of(cls, text: str) -> Key:
        """The key that `text` gave.

        Raises:
            SealError: that is no key; the text is not repeated.
        """
        secrets = [_decoded(word) for word in text.split()] or [b""]
        if any(len(secret) != _SIZE for secret in secrets):
            raise SealError(
                f"A backup key is {_SIZE} bytes in base64 (44 characters ending in =), as "
                "`export-backup-key` shows it, and earlier ones follow it after spaces; this is "
                "something else."
            )
        return cls(secrets[0], tuple(dict.fromkeys(secrets[1:])))

    @property
    def text(self) -> str:
        """As it is kept in a Juju secret: base64, the earlier ones after it."""
        return " ".join(base64.b64encode(one).decode() for one in (self.secret, *self.earlier))

    @property
    def words(self) -> tuple[str, ...]:
        """The text of each key by itself: what may stand nowhere."""
        return tuple(self.text.split())

    @property
    def id(self) -> str:
        """Names the key without telling it: 16 hexadecimal digits."""
        return _id(self.secret)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of every key on the ring, the one that seals first."""
        return tuple(_id(one) for one in (self.secret, *self.earlier))

    def replaced(self) -> Key:
        """A new key that opens whatever this one opens."""
        return Key(os.urandom(_SIZE), (self.secret, *self.earlier))

    def seal(self, data: bytes | memoryview, sha256: str) -> bytes:
        """The sealed object.

        Args:
            data: what to seal, perhaps compressed.
            sha256: of the plain content, in hex.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, data, bytes.fromhex(sha256))

    def unseal(self, data: bytes, sha256: str, sealed_by: str) -> bytes:
        """What was sealed.

        Args:
            data: the object.
            sha256: by which it is named.
            sealed_by: id of the key that it was sealed with.

        Raises:
            WrongKeyError: that key is not on the ring.
            SealError: the object is not what was sealed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        by_id = {_id(one): one for one in (self.secret, *self.earlier)}
        if sealed_by not in by_id:
            raise WrongKeyError(wrong_key(sealed_by, self.id))
        try:
            nonce, rest = data[:_NONCE], data[_NONCE:]
            return AESGCM(by_id[sealed_by]).decrypt(nonce, rest, bytes.fromhex(sha256))
        except (InvalidTag, ValueError):
            raise SealError("it was altered or damaged after it was sealed") from None


def wrong_key(wanted: str, given: str | None) -> str:
    """What to tell whoever has another key, or none."""
    have = f"this is key {given}" if given else "no key is given"
    return (
        f"It is sealed with key {wanted}, and {have}: `juju add-secret backup-key key=...` with "
        "the key that was exported, grant it, and set the option `backup-key` to its URI."
    )


def _id(secret: bytes) -> str:
    return hashlib.sha256(_LABEL + secret).hexdigest()[:16]


def _decoded(word: str) -> bytes:
    """The key; of another length when it is none."""
    try:
        return base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return b""
