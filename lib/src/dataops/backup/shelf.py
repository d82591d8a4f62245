# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One cluster's place in a store: its documents, read back once written, and its objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from dataops.backup.manifest import (
    AnyDocument,
    Document,
    Piece,
    UnreadableError,
    dump,
    load,
)
from dataops.backup.sealed import Key, SealError, wrong_key
from dataops.objectstore import Missing, Store, Stored, StoreError

SEGMENTS = "segments"
BACKUPS = "backups"


class DamagedError(Exception):
    """An object is not there, or is not what was stored.

    Attributes:
        key: of the object.
    """

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key


class Shelf:
    """The objects of one cluster.

    Args:
        store: opened.
        cluster: Kafka's cluster id: the directory of everything in it.
    """

    def __init__(self, store: Store, cluster: str) -> None:
        self.store = store
        self.cluster = cluster

    @property
    def where(self) -> str:
        """For people; no credentials in it."""
        return f"{self.store.target.describe()}/{self.cluster}"

    def list(self, prefix: str) -> Iterator[Stored]:
        """Objects below a prefix, with keys as the rest of this class takes them."""
        for one in self.store.list(f"{self.cluster}/{prefix}"):
            own = one.key.removeprefix(f"{self.cluster}/")
            yield Stored(own, one.size, one.modified, one.version)

    def head(self, key: str) -> Stored | None:
        """What is stored there, if anything is."""
        return self.store.head(f"{self.cluster}/{key}")

    def put(self, key: str, data: bytes | memoryview, *, settled: bool = True) -> None:
        """Store some bytes; what is not settled is so by the time a document is written."""
        self.store.put(f"{self.cluster}/{key}", data, settled=settled)

    def get(self, key: str) -> bytes:
        """The bytes; raises `Missing`."""
        return self.store.get(f"{self.cluster}/{key}")

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""
        self.store.delete(f"{self.cluster}/{key}" for key in keys)

    def write(self, key: str, document: Document) -> None:
        """Store a document, and see that it is what was meant.

        Everything that was put before it is there for good by then: a document refers to nothing
        that a loss of power could take away.

        Raises:
            StoreError: the store took it and gives something else back, or lost what was put.
        """
        data = dump(document)
        self.store.settle()
        self.put(key, data)
        if self.get(key) != data:
            raise StoreError(f"{self.where} took {key} and gives other bytes back")
        load(type(document), data, f"{self.where}/{key}")

    def read(self, kind: type[AnyDocument], key: str) -> AnyDocument | None:
        """The document of that key; None when there is none.

        Raises:
            NewerError: a newer program wrote it.
            UnreadableError: it is damaged.
        """
        try:
            data = self.get(key)
        except Missing:
            return None
        return load(kind, data, f"{self.where}/{key}")

    def need(self, kind: type[AnyDocument], key: str) -> AnyDocument:
        """The document of that key; raises as `read`, and when there is none."""
        found = self.read(kind, key)
        if found is None:
            raise UnreadableError(f"{self.where} has no {key}: see `list-backups`.")
        return found

    def backups(self) -> tuple[str, ...]:
        """Ids of all backups, finished or not, oldest first."""
        found = {one.key.split("/")[1] for one in self.list(BACKUPS) if one.key.count("/") > 1}
        return tuple(sorted(found))

    def fetch(self, piece: Piece, key: Key | None = None) -> bytes:
        """The plain bytes of a piece, for which its hash stands.

        Raises:
            DamagedError: the object is missing, or was altered.
            WrongKeyError: it is sealed with another key.
            StoreError: the store does not answer.
        """
        where = piece.object_key
        try:
            data = self.get(where)
        except Missing:
            raise DamagedError(where, "the object is missing") from None
        return plain(piece, data, key)


def plain(piece: Piece, data: bytes, key: Key | None) -> bytes:
    """The plain bytes of an object; raises as `Shelf.fetch`."""
    import zstandard

    if piece.key:
        if key is None:
            from dataops.backup.sealed import WrongKeyError

            raise WrongKeyError(wrong_key(piece.key, None))
        try:
            data = key.unseal(data, piece.sha256, piece.key)
        except SealError as error:
            if type(error) is not SealError:
                raise
            raise DamagedError(piece.object_key, str(error)) from None
    if piece.zstd:
        try:
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=piece.bytes)
        except zstandard.ZstdError as error:
            raise DamagedError(piece.object_key, f"zstd: {error}") from None
    if hashlib.sha256(data).hexdigest() != piece.sha256:
        raise DamagedError(piece.object_key, "its content has another SHA-256")
    return data
