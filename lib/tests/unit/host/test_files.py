# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Files come with the contents, mode and owner that were asked for."""

import os
import stat
from types import SimpleNamespace

import pytest

from dataops.host.files import (
    ensure_absent,
    ensure_contents,
    ensure_directory,
    ensure_tree,
    write_all,
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_contents_are_written_once(tmp_path):
    path = tmp_path / "server.properties"
    assert ensure_contents(path, "a=1\n")
    assert not ensure_contents(path, "a=1\n")
    assert path.read_text() == "a=1\n"
    assert mode(path) == 0o644


def test_changed_contents_replace_the_file(tmp_path):
    path = tmp_path / "key"
    ensure_contents(path, b"old", mode=0o600)
    before = path.stat().st_ino
    assert ensure_contents(path, b"new", mode=0o600)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    assert path.stat().st_ino != before


def test_a_mode_alone_is_a_change(tmp_path):
    path = tmp_path / "key"
    ensure_contents(path, "x")
    assert ensure_contents(path, "x", mode=0o600)
    assert mode(path) == 0o600


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("x")
    link.symlink_to(target)
    assert ensure_contents(link, "y")
    assert not link.is_symlink()
    assert target.read_text() == "x"


def test_a_failed_write_leaves_the_old_file_and_no_scratch(tmp_path, monkeypatch):
    path = tmp_path / "file"
    ensure_contents(path, "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        ensure_contents(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_directories_are_made_with_parents(tmp_path):
    path = tmp_path / "a" / "b"
    assert ensure_directory(path, mode=0o700)
    assert not ensure_directory(path, mode=0o700)
    assert (mode(path), mode(path.parent)) == (0o700, 0o755)
    assert ensure_directory(path, mode=0o750)


def test_parents_can_be_entered_whatever_the_umask_is(tmp_path):
    before = os.umask(0o077)
    try:
        ensure_directory(tmp_path / "a" / "b" / "c", mode=0o700)
    finally:
        os.umask(before)
    found = [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")]
    assert found == [0o755, 0o755, 0o700]


def test_absence_of_files_links_and_trees(tmp_path):
    (tmp_path / "tree" / "leaf").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "tree")
    for name in ("link", "file", "tree"):
        assert ensure_absent(tmp_path / name)
        assert not ensure_absent(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_given_and_kept(tmp_path):
    path, directory = tmp_path / "key", tmp_path / "etc"
    assert ensure_contents(path, "x", mode=0o600, owner="nobody")
    assert not ensure_contents(path, "x", mode=0o600, owner="nobody")
    assert ensure_directory(directory, owner="nobody")
    assert (path.owner(), directory.owner(), mode(path)) == ("nobody", "nobody", 0o600)
    os.chown(path, 0, 0)
    assert ensure_contents(path, "x", mode=0o600, owner="nobody")
    assert path.owner() == "nobody"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_data_of_another_machine_changes_hands_as_a_whole(tmp_path):
    data, target = tmp_path / "data", tmp_path / "somebody's"
    (data / "topic-0").mkdir(parents=True)
    (data / "topic-0" / "log").write_text("records")
    target.write_text("not ours")
    (data / "link").symlink_to(target)
    for path in (data, data / "topic-0", data / "topic-0" / "log", target):
        os.chown(path, 4711, 4711)
    assert ensure_tree(data, mode=0o750, owner="root")
    assert {p.lstat().st_uid for p in (data, *data.rglob("*"))} == {0}
    assert target.stat().st_uid == 4711
    assert not ensure_tree(data, mode=0o750, owner="root")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_is_in_the_right_hands_is_not_looked_through(tmp_path):
    (tmp_path / "odd").write_text("")
    os.chown(tmp_path / "odd", 4711, 4711)
    ensure_tree(tmp_path, owner="root")
    assert (tmp_path / "odd").stat().st_uid == 4711


@pytest.mark.parametrize("size", [0, 1, (256 << 10) - 1, 256 << 10, (1 << 20) + 1])
def test_large_bytes_are_written_whole_in_small_writes(size):
    data = os.urandom(size)
    written = []
    file = SimpleNamespace(write=lambda part: written.append(bytes(part)))
    write_all(file, memoryview(data))
    assert b"".join(written) == data
    assert max(map(len, written), default=0) <= 256 << 10
