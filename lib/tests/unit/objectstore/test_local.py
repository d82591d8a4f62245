# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The directory that is an object store: what every store promises, and what goes wrong."""

import errno
import os
import threading
import time

import pytest

from dataops.objectstore import (
    Full,
    NoBucket,
    Refused,
    Store,
    StoreError,
    Target,
    open_store,
)
from dataops.testing import store_contract


@pytest.fixture
def target(tmp_path) -> Target:
    (tmp_path / "store").mkdir()
    return Target(kind="local", directory=str(tmp_path / "store"), path="/below/it/")


@pytest.fixture
def store(target) -> Store:
    return open_store(target)


@pytest.mark.parametrize("promise", store_contract(), ids=lambda promise: promise.__name__)
def test_keeps_the_promise(promise, store, tmp_path):
    (tmp_path / "own").mkdir()
    promise(store, tmp_path / "own")


def test_a_directory_that_is_not_there_is_named_and_never_made(tmp_path):
    store = open_store(Target(kind="local", directory=str(tmp_path / "mount")))
    for use in (
        lambda: store.put("k", b""),
        lambda: store.head("k"),
        lambda: list(store.list()),
        lambda: store.delete("k"),
        store.check,
    ):
        with pytest.raises(NoBucket, match="mount or make it"):
            use()
    assert not (tmp_path / "mount").exists()


def test_a_directory_that_goes_in_the_middle_is_not_made_anew(store, tmp_path, monkeypatch):
    """A mount that is lost: what came then would fill the machine's own disk, unseen."""
    root, flushed = tmp_path / "store", os.fsync

    def goes(descriptor):
        flushed(descriptor)
        if root.exists():
            root.rename(tmp_path / "away")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", goes)
        store.put("a/b", b"content", settled=False)
        with pytest.raises(StoreError, match="below/it, a/b"):
            store.settle()
    assert not root.exists()
    (tmp_path / "away").rename(root)
    store.put("a/b", b"content")
    assert [stored.key for stored in store.list()] == ["a/b"]


def test_a_full_disk_is_named_and_leaves_nothing(store, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Full, match=r"No room in .*/below/it for k"):
        store.put("k", b"content")
    monkeypatch.undo()
    assert store.head("k") is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_no_object_has_its_name_before_its_content_is_on_the_disk(store, tmp_path, monkeypatch):
    """Whoever is killed then, or loses the power, leaves nothing that a later run believes in."""
    flushed, go_on = os.fsync, threading.Event()

    def slow(descriptor):
        go_on.wait(60)
        flushed(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    for number in range(8):
        store.put(f"a/{number}", b"content", settled=False)
    assert [*store.list()] == []
    assert not (tmp_path / "store" / "below").exists()
    go_on.set()
    store.settle()
    assert len([*store.list()]) == 8
    assert [*(tmp_path / "store" / ".incoming").iterdir()] == []


def test_names_last_once_they_are_settled(store, tmp_path, monkeypatch):
    flushed: list[str] = []
    sync = os.fsync

    def seen(descriptor):
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", seen)
    store.put("a/b/1", b"content", settled=False)
    store.put("a/b/2", b"content", settled=False)
    store.settle()
    root = tmp_path / "store"
    # Each once, after both files: also those that got a new directory.
    names = {str(root / part) for part in ("", "below", "below/it", "below/it/a", "below/it/a/b")}
    assert sorted(flushed[2:]) == sorted(names)
    assert all("/.incoming/" in name for name in flushed[:2])


def test_what_cannot_be_settled_is_named_and_leaves_nothing(store, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        store.put("k", b"content", settled=False)
        with pytest.raises(Full, match=r"No room in .*/below/it for k"):
            store.settle()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    store.put("k", b"content", settled=False)
    store.settle()
    assert store.get("k") == b"content"


def test_our_own_full_disk_is_named_and_the_fetch_continues(store, tmp_path, monkeypatch):
    store.put("k", b"content")
    with monkeypatch.context() as patch:

        def full(descriptor):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        patch.setattr(os, "fsync", full)
        with pytest.raises(Full, match=f"No room for {tmp_path / 'mine'}"):
            store.fetch("k", tmp_path / "mine")
    store.fetch("k", tmp_path / "mine")
    assert (tmp_path / "mine").read_bytes() == b"content"


def test_a_directory_of_somebody_else_is_named(store, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(Refused, match="give the directory to the user of this process"):
        store.put("k", b"")


def test_what_was_abandoned_for_a_day_is_removed(store, tmp_path):
    store.put("k", b"x")
    incoming = tmp_path / "store" / ".incoming"
    (incoming / "old").write_bytes(b"x")
    (incoming / "growing").write_bytes(b"x")
    yesterday = time.time() - 25 * 3600
    os.utime(incoming / "old", (yesterday, yesterday))
    store.put("l", b"x")
    assert [entry.name for entry in incoming.iterdir()] == ["growing"]
    assert [stored.key for stored in store.list()] == ["k", "l"]
