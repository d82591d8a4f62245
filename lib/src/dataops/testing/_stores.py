# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every object store promises, as checks that run against any of them."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from dataops.objectstore import Missing, Pace, Store, StoreError

MB = 1 << 20
#: What the contract's biggest object takes: more than two parts of a multipart upload.
BIG = 18 * MB + 7


def store_contract() -> tuple[Callable[[Store, Path], None], ...]:
    """Checks `(store, directory)`: an empty store of the caller's own, and an empty directory."""
    return (
        what_was_put_is_there,
        what_is_not_there_is_missing,
        a_put_replaces,
        once_leaves_what_is_there,
        a_list_is_sorted_and_goes_by_whole_parts,
        parts_are_told_without_what_is_below,
        deleting_twice_is_no_error,
        big_objects_come_back,
        a_source_that_breaks_leaves_nothing,
        an_error_of_the_source_is_its_own,
        what_is_settled_together_is_there,
        a_fetch_continues,
        a_fetch_starts_again_for_another_object,
        a_pace_is_kept,
        keys_of_another_form_are_refused,
        the_check_leaves_nothing,
    )


def what_was_put_is_there(store: Store, directory: Path) -> None:
    """Bytes, pieces and files; nothing at all, too."""
    path = directory / "source"
    path.write_bytes(b"from a file")
    begun = datetime.now(timezone.utc) - timedelta(minutes=1)
    for key, source, expected in (
        ("a/bytes", b"\x00\xff", b"\x00\xff"),
        ("a/pieces", iter([b"one", b"", b"two"]), b"onetwo"),
        ("a/file", path, b"from a file"),
        ("empty/bytes", b"", b""),
        ("empty/pieces", iter([]), b""),
        ("with=all_of.the+signs,of@a:key-", b"x", b"x"),
    ):
        stored = store.put(key, source)
        assert (stored.key, stored.size) == (key, len(expected))
        assert begun < stored.modified < begun + timedelta(hours=1)
        assert store.head(key) == stored
        assert store.get(key) == expected
        assert store.fetch(key, directory / "fetched") == stored
        assert (directory / "fetched").read_bytes() == expected


def what_is_not_there_is_missing(store: Store, directory: Path) -> None:
    """Named, and no empty file is made of it."""
    assert store.head("nothing/here") is None
    for look in (
        lambda: store.get("nothing/here"),
        lambda: list(store.stream("nothing/here")),
        lambda: store.fetch("nothing/here", directory / "nothing"),
    ):
        assert "nothing/here" in str(_refusal(Missing, look))
    assert list(directory.iterdir()) == []
    store.put("nothing/here/below", b"x")
    assert store.head("nothing/here") is None


def a_put_replaces(store: Store, directory: Path) -> None:
    """And what is read names the version that it is of."""
    first = store.put("k", b"first")
    second = store.put("k", b"second!")
    assert store.get("k") == b"second!"
    assert first.version != second.version


def once_leaves_what_is_there(store: Store, directory: Path) -> None:
    """An object of the same size is complete; another one is put again."""
    whole = store.put("k", b"abc")
    pace = Pace(None)
    assert store.put("k", b"xyz", once=True, pace=pace) == whole
    assert pace.total == 0
    assert store.put("k", b"longer", once=True).size == 6
    assert store.get("k") == b"longer"
    assert store.put("new", b"abc", once=True).size == 3


def a_list_is_sorted_and_goes_by_whole_parts(store: Store, directory: Path) -> None:
    """As if all keys were sorted as text."""
    keys = ["a.b/x", "a/b", "a/b.c", "a/bc/d", "a0", "b", "aa/1", "a-b/z"]
    for key in keys:
        store.put(key, key.encode())
    assert [stored.key for stored in store.list()] == sorted(keys)
    assert [stored.key for stored in store.list("a")] == ["a/b", "a/b.c", "a/bc/d"]
    assert [stored.key for stored in store.list("a/")] == ["a/b", "a/b.c", "a/bc/d"]
    assert list(store.list("none")) == []
    assert {stored.key: stored.size for stored in store.list()} == {k: len(k) for k in keys}


def parts_are_told_without_what_is_below(store: Store, directory: Path) -> None:
    """Only where a key goes on after them."""
    for key in ["a/b/c", "a/b/d", "a/e", "f", "g-h/i/j"]:
        store.put(key, key.encode())
    assert store.parts() == ["a", "g-h"]
    assert store.parts("a") == store.parts("a/") == ["b"]
    assert store.parts("a/b") == store.parts("none") == []


def deleting_twice_is_no_error(store: Store, directory: Path) -> None:
    """One, several, and those that never were."""
    for key in ("d/1", "d/2", "d/3"):
        store.put(key, b"x")
    store.delete("d/1")
    store.delete("d/1")
    store.delete(["d/2", "never/was", "d/3"])
    assert list(store.list()) == []
    # What was a directory's name may be an object's now.
    store.put("d", b"x")


def big_objects_come_back(store: Store, directory: Path) -> None:
    """Byte by byte, from a file, from pieces, as a stream of pieces."""
    path = directory / "big"
    path.write_bytes(os.urandom(BIG))
    store.put("from/file", path)
    store.put("from/pieces", _read(path, 3 * MB + 1))
    for key in ("from/file", "from/pieces"):
        got = [*store.stream(key)]
        assert max(map(len, got)) <= 4 * MB
        assert b"".join(got) == path.read_bytes()


def a_source_that_breaks_leaves_nothing(store: Store, directory: Path) -> None:
    """The error is the source's own; what was there before is there still."""
    for size in (5, 17 * MB):
        store.put("k", b"before")

        def source(size: int = size) -> Iterator[bytes]:
            yield b"x" * size
            raise EOFError("the source broke")

        assert "the source broke" in str(_refusal(EOFError, lambda: store.put("k", source())))
        assert store.get("k") == b"before"
        assert [stored.key for stored in store.list()] == ["k"]


def an_error_of_the_source_is_its_own(store: Store, directory: Path) -> None:
    """A file that is not there, or a disk that cannot be read, is no fault of the store."""

    def broken() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    _refusal(FileNotFoundError, lambda: store.put("k", directory / "never was"))
    for source in (broken(), itertools.chain([bytes(9 * MB)], broken())):
        error = _refusal(OSError, lambda source=source: store.put("k", source))
        assert getattr(error, "errno", None) == errno.EIO
    assert list(store.list()) == []


def what_is_settled_together_is_there(store: Store, directory: Path) -> None:
    """All of it, whole; settling nothing, or twice, is no error."""
    store.settle()
    contents = {f"s/{number % 3}/{number}": b"%d" % number * 1000 for number in range(40)}
    for key, content in contents.items():
        stored = store.put(key, content, settled=False)
        assert (stored.key, stored.size) == (key, len(content))
    store.settle()
    assert {one.key: store.get(one.key) for one in store.list()} == contents
    _refusal(EOFError, lambda: store.put("s/broken", _breaking(), settled=False))
    store.settle()
    assert store.head("s/broken") is None


def a_fetch_continues(store: Store, directory: Path) -> None:
    """Only what was not there yet goes over the line."""
    content = os.urandom(9 * MB)
    store.put("k", content)
    path = directory / "fetched"
    stopped = _Stopped(after=5 * MB)
    _refusal(EOFError, lambda: store.fetch("k", path, pace=stopped))
    assert not path.exists()
    pace = Pace(None)
    store.fetch("k", path, pace=pace)
    assert path.read_bytes() == content
    assert 0 < pace.total < 9 * MB
    assert [entry.name for entry in directory.iterdir()] == ["fetched"]


def a_fetch_starts_again_for_another_object(store: Store, directory: Path) -> None:
    """Half of the old and half of the new would be neither."""
    store.put("k", os.urandom(9 * MB))
    path = directory / "fetched"
    _refusal(EOFError, lambda: store.fetch("k", path, pace=_Stopped(after=5 * MB)))
    content = os.urandom(9 * MB)
    store.put("k", content)
    store.fetch("k", path)
    assert path.read_bytes() == content
    assert [entry.name for entry in directory.iterdir()] == ["fetched"]


def a_pace_is_kept(store: Store, directory: Path) -> None:
    """Every byte waits for its turn, there and back."""
    waits: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(1_000_000, clock=lambda: now[0], sleep=sleep)
    store.put("k", bytes(3_000_000), pace=pace)
    assert sum(map(len, store.stream("k", pace=pace))) == 3_000_000
    assert pace.total == 6_000_000
    assert 5 < sum(waits) <= 6


def keys_of_another_form_are_refused(store: Store, directory: Path) -> None:
    """Before anything is asked of the store."""
    for key in ("", "/a", "a/", "a//b", "a/../b", ".a", "a b", "ä", "a\n", "x" * 901):
        for use in (store.head, store.delete, lambda k: store.put(k, b"")):  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownVariableType]
            assert "is no key" in str(_refusal(ValueError, lambda k=key, u=use: u(k)))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


def the_check_leaves_nothing(store: Store, directory: Path) -> None:
    """It writes, reads and removes."""
    store.check()
    assert list(store.list()) == []


class _Stopped(Pace):
    """Lets so many bytes through, and then breaks."""

    def __init__(self, after: int) -> None:
        super().__init__(None)
        self._after = after

    def take(self, count: int) -> None:
        super().take(count)
        if self.total > self._after:
            raise EOFError("stopped")


def _breaking() -> Iterator[bytes]:
    yield b"x"
    raise EOFError("the source broke")


def _refusal(kind: type[Exception], call: Callable[[], object]) -> Exception:
    try:
        call()
    except kind as error:
        return error
    except StoreError as error:
        raise AssertionError(f"{type(error).__name__} instead of {kind.__name__}") from error
    raise AssertionError(f"no {kind.__name__}")


def _read(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(size):
            yield block
