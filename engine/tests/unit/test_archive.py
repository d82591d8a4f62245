# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Archives: what would leave its directory, or fill the disk, is refused before it is written."""

import os
import stat
import zipfile

import pytest

from onebox import archive
from onebox.errors import Refused

FILE, PROGRAM, LINK, DEVICE = (
    mode << 16 for mode in (0o100644, 0o100755, stat.S_IFLNK | 0o777, stat.S_IFCHR)
)


@pytest.fixture
def pack(tmp_path):
    def make(*entries):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.charm"
        with zipfile.ZipFile(path, "w") as file:
            for name, content, mode in entries:
                info = zipfile.ZipInfo(name)
                info.external_attr = mode
                file.writestr(info, content)
        return path

    return make


def unpack(path, target):
    with archive.opened(path) as found:
        found.unpack(target)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("../evil", "", FILE)], 'file "../evil" leads out'),
        ([("/etc/passwd", "", FILE)], "leads out"),
        ([("a/../../b", "", FILE)], "leads out"),
        ([("a\\b", "", FILE)], "leads out"),
        ([("link", "/etc/passwd", LINK)], 'symlink "link" is absolute'),
        ([("a/link", "../../x", LINK)], 'symlink "a/link" leads out of scope'),
        ([("link", "x" * 5000, LINK)], 'symlink "link" is longer than any path'),
        ([("null", "", DEVICE)], 'file is of unknown type: "null"'),
        ([("a", "1", FILE), ("a", "2", FILE)], 'file "a" is in the charm archive twice'),
    ],
)
def test_refuses(pack, tmp_path, entries, reason):
    path = pack(*entries)
    with pytest.raises(Refused) as refused:
        unpack(path, tmp_path / "target")
    assert reason in refused.value.message
    assert not (tmp_path / "target").exists()


def test_refuses_what_is_no_zip(tmp_path):
    path = tmp_path / "x.charm"
    path.write_text("no zip")
    with pytest.raises(Refused, match="cannot read charm archive"):
        unpack(path, tmp_path / "target")


def test_refuses_a_bomb(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_MOST_BYTES", 10)
    with pytest.raises(Refused, match="unpacks to more than"):
        unpack(pack(("a", "x" * 11, FILE)), tmp_path / "target")


def test_refuses_too_many_entries(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_MOST_ENTRIES", 1)
    with pytest.raises(Refused, match="2 entries"):
        unpack(pack(("a", "", FILE), ("b", "", FILE)), tmp_path / "target")


def test_refuses_a_file_through_a_link_that_is_there(pack, tmp_path):
    target, outside = tmp_path / "target", tmp_path / "outside"
    outside.mkdir()
    target.mkdir()
    (target / "dir").symlink_to(outside)
    with pytest.raises(Refused, match="leads out"):
        unpack(pack(("dir/file", "x", FILE)), target)
    assert not list(outside.iterdir())


def test_modes_and_links_survive(pack, tmp_path):
    entries = [
        ("dispatch", "#!/bin/sh\n", PROGRAM),
        ("src/charm.py", "", FILE),
        ("hooks/install", "", FILE),
        ("lib/link", "../src/charm.py", LINK),
    ]
    target = tmp_path / "target"
    unpack(pack(*entries), target)
    modes = {n: stat.S_IMODE((target / n).stat().st_mode) for n, _, m in entries if m != LINK}
    assert modes == {"dispatch": 0o755, "src/charm.py": 0o644, "hooks/install": 0o744}
    assert os.readlink(target / "lib/link") == "../src/charm.py"


def test_newer_archive_takes_away_only_what_the_older_brought(pack, tmp_path):
    target = tmp_path / "target"
    unpack(pack(("old", "1", FILE), ("both", "1", FILE)), target)
    (target / ".unit-state.db").write_text("the charm's own")
    unpack(pack(("both", "2", FILE), ("new", "2", FILE)), target)
    assert not (target / "old").exists()
    assert (target / "both").read_text() == "2"
    assert (target / ".unit-state.db").exists()


def test_text_is_small_and_utf8(pack, monkeypatch):
    with archive.opened(pack(("a.yaml", "ü", FILE), ("b.yaml", b"\xff", FILE))) as found:
        assert found.text("a.yaml") == "ü"
        assert found.text("none.yaml") is None
        with pytest.raises(Refused, match="not UTF-8"):
            found.text("b.yaml")
        monkeypatch.setattr(archive, "_LARGEST_DOCUMENT", 1)
        with pytest.raises(Refused, match="larger than"):
            found.text("a.yaml")
