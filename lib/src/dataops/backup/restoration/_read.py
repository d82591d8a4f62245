# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The plain bytes of a backup's objects, each checked against the hash that names it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from dataops.backup.manifest import File, Piece
from dataops.backup.restoration._plan import RestoreError
from dataops.backup.sealed import Key, SealError
from dataops.backup.shelf import DamagedError, Shelf


@dataclasses.dataclass(frozen=True)
class Pieces:
    """What a restore reads.

    Attributes:
        shelf: one cluster's place in a store.
        secret: what opens sealed objects; None when there is nothing.
    """

    shelf: Shelf
    secret: Key | None = dataclasses.field(default=None, repr=False)

    def __call__(self, piece: Piece) -> bytes:
        """The plain bytes of a piece.

        Raises:
            RestoreError: it is missing, sealed with another key, or not what was stored.
            StoreError: the store does not answer.
        """
        try:
            return self.shelf.fetch(piece, self.secret)
        except DamagedError as error:
            raise RestoreError(
                f"{self.shelf.where}/{error}. Verify the backup, and restore another one"
            ) from None
        except SealError as error:
            raise RestoreError(f"{self.shelf.where}: {error}") from None

    def file(self, file: File) -> Iterable[bytes]:
        """The bytes of a file that was kept as it is."""
        return (self(piece) for piece in file.pieces)
