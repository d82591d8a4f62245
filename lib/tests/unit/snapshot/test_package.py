# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from dataops.snapshot.package import PackageError, pack, unpack

ROOM = 1 << 20


def test_there_and_back(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "logs").mkdir(parents=True)
    (here / "logs" / "server.log").write_bytes(b"x" * 100_000)
    (here / "empty").touch()
    (here / "secret-link").symlink_to("/etc/passwd")
    archive = pack(here, tmp_path / "kafka-0.tar.zst", "kafka-0")
    assert archive.stat().st_mode & 0o777 == 0o644
    assert archive.stat().st_size < 10_000
    unpack(archive, there, ROOM)
    found = {str(p.relative_to(there)): p.read_bytes() for p in there.rglob("*") if p.is_file()}
    assert found == {"logs/server.log": b"x" * 100_000, "empty": b""}


def hostile(add: Callable[[tarfile.TarFile], None], path: Path) -> Path:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        add(archive)
    path.write_bytes(zstandard.ZstdCompressor().compress(raw.getvalue()))
    return path


def named(name: str, size: int = 1) -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        archive.addfile(member, io.BytesIO(b"x" * size))

    return add


def link(archive: tarfile.TarFile) -> None:
    member = tarfile.TarInfo("unit/link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    archive.addfile(member)


@pytest.mark.parametrize(
    ("add", "why"),
    [
        (named("/etc/passwd"), "does not lie"),
        (named("unit/../../x"), "does not lie"),
        (named("x"), "does not lie"),
        (link, "neither a file"),
        (named("unit/bomb", ROOM + 1), "more than 1 MiB"),
    ],
)
def test_hostile_archives_are_refused(
    tmp_path: Path, add: Callable[[tarfile.TarFile], None], why: str
) -> None:
    target = tmp_path / "target"
    with pytest.raises(PackageError, match=why):
        unpack(hostile(add, tmp_path / "x.tar.zst"), target, ROOM)
    assert not any(path.is_file() for path in target.rglob("*"))
    assert sorted(os.listdir(tmp_path)) in (["x.tar.zst"], ["target", "x.tar.zst"])


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x28\xb5\x2f\xfd\x00"])
def test_damaged_archives_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar.zst"
    path.write_bytes(content)
    with pytest.raises(PackageError, match="damaged"):
        unpack(path, tmp_path / "target", ROOM)
