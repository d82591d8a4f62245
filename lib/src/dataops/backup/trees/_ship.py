# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Ships linked files: small ones together, large ones in pieces of their own."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import pydantic

from dataops.backup.cut import CutError
from dataops.backup.manifest import Piece, Tree, TreeFile
from dataops.backup.reading import Loaded, blocks
from dataops.backup.ship import Shipped, Shipper
from dataops.host.files import ensure_contents

# Files smaller than this share their objects.
SMALL = 1 << 20


class _Known(pydantic.BaseModel):
    """A file that was shipped whole: as long as it is this one, its content is the same."""

    inode: int
    size: int
    changed: int
    pieces: tuple[Piece, ...]


_LEDGER = pydantic.TypeAdapter(dict[str, _Known])


@dataclasses.dataclass(frozen=True)
class Made:
    """What came of it: the tree, and the bytes that had to be sent."""

    tree: Tree
    new: int


class Shipping:
    """One tree on its way.

    Args:
        shipper: sends.
        links: the directory of the links.
        sizes: how many bytes of each file count.
        ledger: remembers what was shipped.
        tell: takes progress.
        check: raises when the work is not wanted any more.
    """

    def __init__(
        self,
        shipper: Shipper,
        links: Path,
        sizes: Mapping[str, int],
        ledger: Path,
        tell: Callable[[str, float | None], None],
        check: Callable[[], None],
    ) -> None:
        self._shipper, self._links, self._sizes, self._ledger = shipper, links, sizes, ledger
        self._tell, self._check = tell, check
        self._read, self._all = 0, sum(sizes.values())

    def run(self) -> Made:
        """Everything is in the store afterwards."""
        known = self._remembered()
        small = sorted(path for path, size in self._sizes.items() if size < SMALL)
        large = sorted(set(self._sizes) - set(small))
        places: dict[str, int] = {}
        coming: dict[str, list[Future[Shipped]]] = {}
        kept: dict[str, tuple[Piece, ...]] = {}
        bundle = [self._send(one) for one in self._bundled(small, places)]
        for path in large:
            found = known.get(path)
            if found and self._same(path, found):
                kept[path] = found.pieces
                self._passed(self._sizes[path])
            else:
                coming[path] = [self._send(one) for one in self._pieces(path)]
        shipped = [one.result() for one in bundle]
        arrived = {path: [one.result() for one in several] for path, several in coming.items()}
        kept.update((path, tuple(s.piece for s in several)) for path, several in arrived.items())
        self._remember(kept)
        files = [
            TreeFile(path=p, bytes=self._sizes[p], at=places.get(p), pieces=kept.get(p, ()))
            for p in sorted(self._sizes)
        ]
        everything = [*shipped, *(s for several in arrived.values() for s in several)]
        tree = Tree(files=tuple(files), bundle=tuple(one.piece for one in shipped))
        return Made(tree, sum(one.new for one in everything))

    def _send(self, loaded: Loaded) -> Future[Shipped]:
        size = len(loaded.data)
        coming = self._shipper.send(loaded, sealed=False)
        self._passed(size)
        return coming

    def _bundled(self, paths: Iterable[str], places: dict[str, int]) -> Iterator[Loaded]:
        """Small files one after the other; none lies in two pieces."""
        buffers = self._shipper.buffers
        room, filled, before = buffers.take(), 0, 0
        for path in paths:
            size = self._sizes[path]
            if filled + size > len(room):
                yield buffers.load(room, filled)
                room, filled, before = buffers.take(), 0, before + filled
            with (self._links / path).open("rb", buffering=0) as file:
                _fill(file, memoryview(room)[filled : filled + size], path)
            places[path] = before + filled
            filled += size
        if filled:
            yield buffers.load(room, filled)
        else:
            buffers.give(room)

    def _pieces(self, path: str) -> Iterator[Loaded]:
        """A large file, as far as it went when it was cut."""
        left = self._sizes[path]
        for loaded in blocks(self._links / path, self._shipper.buffers, left):
            left -= len(loaded.data)
            yield loaded
        if left:
            raise CutError(f"{path} became shorter while it was read; try again")

    def _passed(self, size: int) -> None:
        self._check()
        self._read += size
        done = self._read / self._all if self._all else 1.0
        self._tell(f"{self._read / 1e6:.0f} of {self._all / 1e6:.0f} MB", min(done, 1.0))

    def _same(self, path: str, known: _Known) -> bool:
        found = (self._links / path).stat()
        return (
            (found.st_ino, found.st_size, found.st_mtime_ns)
            == (known.inode, known.size, known.changed)
            and found.st_size == self._sizes[path]
            and all(self._shipper.has(piece, sealed=False) for piece in known.pieces)
        )

    def _remembered(self) -> dict[str, _Known]:
        try:
            return _LEDGER.validate_json(self._ledger.read_bytes())
        except (FileNotFoundError, pydantic.ValidationError):
            # It is only a memory: without it everything is read again.
            return {}

    def _remember(self, pieces: Mapping[str, tuple[Piece, ...]]) -> None:
        known: dict[str, _Known] = {}
        for path, several in pieces.items():
            found = (self._links / path).stat()
            if found.st_size == self._sizes[path]:
                known[path] = _Known(
                    inode=found.st_ino,
                    size=found.st_size,
                    changed=found.st_mtime_ns,
                    pieces=several,
                )
        ensure_contents(self._ledger, _LEDGER.dump_json(known))


def _fill(file: io.FileIO, room: memoryview, path: str) -> None:
    filled = 0
    while filled < len(room):
        count = file.readinto(room[filled:])
        if not count:
            raise CutError(f"{path} became shorter while it was read; try again")
        filled += count
