# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps what is secret unreadable in the store's file: encrypted with a key that lies beside it.

Whoever has a copy of the file, of a backup or of a disk image of it, does not have the secrets.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from onebox.errors import OneboxError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Seal:
    """Seals and opens texts; most engines hold no secret and never load the cipher."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, text: str) -> str:
        """The text as nobody reads it without the key."""
        return self._cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; OneboxError when it was sealed with another key, or altered."""
        from cryptography.fernet import InvalidToken

        if sealed.startswith("{"):
            # An engine that did not seal has written this; it is sealed when it changes.
            return sealed
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise OneboxError(f"secrets of the store do not fit the key {self._path}") from None

    @functools.cached_property
    def _cipher(self) -> Fernet:
        from cryptography.fernet import Fernet

        try:
            return Fernet(self._key(Fernet.generate_key()))
        except ValueError:
            raise OneboxError(f"{self._path} is no key") from None

    def _key(self, fresh: bytes) -> bytes:
        """The key of this engine; `fresh` becomes it when there is none yet."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            pass
        building = self._path.with_suffix(".new")
        descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        building.replace(self._path)
        return fresh
