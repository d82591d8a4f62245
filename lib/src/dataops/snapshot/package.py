# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A directory as one compressed archive (tar, zstd) and back, never held in memory."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import zstandard

# Levels above cost seconds and win little on logs.
_LEVEL = 6
_MANY_FILES = 20_000


class PackageError(Exception):
    """An archive that cannot be opened safely; the message says why."""


def pack(directory: Path, target: Path, prefix: str) -> Path:
    """The archive of everything below the directory, under that name; in place at once or not.

    Args:
        directory: what goes in; links and devices are left out.
        target: the archive's path; its directory exists.
        prefix: the name of the one directory that the archive holds.
    """
    scratch = target.with_name(f".{target.name}.part")
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    try:
        with (
            scratch.open("wb") as out,
            compressor.stream_writer(out) as stream,
            tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            for path in sorted(directory.rglob("*")):
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    continue
                name = f"{prefix}/{path.relative_to(directory)}"
                archive.add(path, name, recursive=False, filter=_anonymous)
        scratch.chmod(0o644)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    return target


def unpack(archive: Path, target: Path, most_bytes: int) -> tuple[Path, ...]:
    """The files of the archive, written below the target without its outermost directory.

    Args:
        archive: made by `pack`, or by anybody else.
        target: a directory of its own.
        most_bytes: how much it may become.

    Raises:
        PackageError: it is damaged, or would become too much, or reaches outside the target.
    """
    written: list[Path] = []
    room = most_bytes
    try:
        for name, size, data in _members(archive):
            room -= size
            if room < 0 or len(written) >= _MANY_FILES:
                raise PackageError(f"it holds more than {most_bytes >> 20} MiB or is of too many")
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                while block := data.read(1 << 20):
                    out.write(block)
            written.append(path)
    except (tarfile.TarError, zstandard.ZstdError, EOFError, OSError) as error:
        raise PackageError(f"{archive.name} is damaged: {error}") from error
    return tuple(written)


def _members(archive: Path) -> Iterator[tuple[PurePosixPath, int, tarfile.ExFileObject]]:
    """Each file: its path without the outermost directory, its size, and its content."""
    with (
        archive.open("rb") as raw,
        zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw) as stream,
        tarfile.open(fileobj=stream, mode="r|") as opened,
    ):
        for member in opened:
            parts = PurePosixPath(member.name).parts
            if member.isdir():
                continue
            if not member.isreg():
                raise PackageError(f"{member.name} is neither a file nor a directory")
            if len(parts) < 2 or ".." in parts or parts[0] == "/" or "\\" in member.name:
                raise PackageError(f"{member.name} does not lie in the archive's directory")
            data = opened.extractfile(member)
            assert isinstance(data, tarfile.ExFileObject)
            yield PurePosixPath(*parts[1:]), member.size, data


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whose file it was on the unit is nobody's business elsewhere, and may be nobody there."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member
