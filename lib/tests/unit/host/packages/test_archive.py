# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Archives stay inside their target."""

import io
import os
import tarfile
import zipfile

import pytest

from dataops.host.packages import PackageError, _archive, unpack


@pytest.fixture(params=["filters", "no filters"], autouse=True)
def python(request, monkeypatch):
    """Every test runs as with a Python that knows tar filters, and as with one that does not."""
    if request.param == "no filters":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


def tar(path, entries):
    with tarfile.open(path, "w:gz") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def program(name):
    entry = tarfile.TarInfo(name)
    entry.mode = 0o755
    return entry


def test_a_tar_is_unpacked_once(tmp_path):
    archive = tar(tmp_path / "a.tar.gz", [(program("bin/prometheus"), b"x")])
    target = tmp_path / "bin"
    assert unpack(archive, target)
    assert not unpack(archive, target)
    assert (target / "bin" / "prometheus").stat().st_mode & 0o111


def test_another_archive_replaces_the_contents(tmp_path):
    target = tmp_path / "bin"
    unpack(tar(tmp_path / "a.tar.gz", [(program("old"), b"x")]), target)
    assert unpack(tar(tmp_path / "b.tar.gz", [(program("new"), b"x")]), target)
    assert sorted(path.name for path in target.iterdir()) == [".archive", ".digest", "new"]


def test_an_archive_is_read_again_only_when_it_is_another_file(tmp_path, monkeypatch):
    archive = tar(tmp_path / "a.tar.gz", [(program("bin/kafka"), b"x")])
    target, read = tmp_path / "bin", []
    monkeypatch.setattr(_archive, "_digest", lambda path: read.append(path) or "the same")
    assert unpack(archive, target)
    assert not unpack(archive, target)
    assert len(read) == 1
    os.utime(archive, ns=(1, 1))
    assert not unpack(archive, target)
    assert not unpack(archive, target)
    assert len(read) == 2
    # What somebody else has put in the place of the contents.
    (target / ".digest").unlink()
    assert unpack(archive, target)


def test_what_a_killed_hook_left_is_cleared_away(tmp_path):
    target = tmp_path / "bin"
    left = tmp_path / f".{target.name}.half" / "new"
    left.mkdir(parents=True)
    unpack(tar(tmp_path / "a.tar.gz", [(program("new"), b"x")]), target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "bin"]


def test_a_zip_keeps_its_programs(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        entry = zipfile.ZipInfo("bin/promtool")
        entry.external_attr = 0o755 << 16
        file.writestr(entry, b"x")
        file.writestr("lib/", b"")
        file.writestr("lib/a.jar", b"jar")
    assert unpack(archive, tmp_path / "target")
    assert (tmp_path / "target" / "bin" / "promtool").stat().st_mode & 0o111
    assert (tmp_path / "target" / "lib" / "a.jar").read_bytes() == b"jar"


def link(name, to):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, to
    return entry


def device(name):
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.CHRTYPE
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        program("../outside"),
        link("link", "/etc"),
        link("link", "../../outside"),
        device("null"),
    ],
)
def test_a_tar_that_reaches_out_is_refused(tmp_path, entry):
    archive = tar(tmp_path / "a.tar.gz", [(entry, b"")])
    with pytest.raises(PackageError, match="Cannot unpack"):
        unpack(archive, tmp_path / "target")
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "outside").exists()


def test_a_tar_that_reaches_out_through_its_own_link_is_refused(tmp_path):
    entries = [link("up", "."), link("up/up", "..")]
    archive = tar(tmp_path / "a.tar.gz", [(entry, b"") for entry in entries])
    with pytest.raises(PackageError, match="Cannot unpack"):
        unpack(archive, tmp_path / "target")


def test_a_link_inside_is_kept(tmp_path):
    entries = [(program("lib/a.jar"), b"jar"), (link("share/a.jar", "../lib/a.jar"), b"")]
    unpack(tar(tmp_path / "a.tar.gz", entries), tmp_path / "target")
    assert (tmp_path / "target" / "share" / "a.jar").read_bytes() == b"jar"


def test_a_zip_that_reaches_out_is_refused(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../outside", b"x")
    with pytest.raises(PackageError, match="is outside of it"):
        unpack(archive, tmp_path / "target")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"neither", b"\x1f\x8b damaged"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(PackageError, match="Cannot unpack"):
        unpack(tmp_path / "a", tmp_path / "target")


def test_a_truncated_tar_is_refused(tmp_path):
    archive = tar(tmp_path / "a.tar.gz", [(program("big"), bytes(range(256)) * 4096)])
    archive.write_bytes(archive.read_bytes()[:1000])
    with pytest.raises(PackageError, match="Cannot unpack"):
        unpack(archive, tmp_path / "target")
    assert not (tmp_path / "target").exists()
