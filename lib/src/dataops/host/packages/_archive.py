# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Archives, such as a resource that an operator attached."""

import hashlib
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

from dataops.host.packages._errors import PackageError
from dataops.host.packages._publish import is_current, is_published, publishing

_CHUNK = 1 << 20
# Beside the contents: size and time of the archive that they were last compared with.
_SEEN = ".archive"


def unpack(archive: Path, target: Path) -> bool:
    """Whether the archive had to be unpacked; ``target`` then holds its contents.

    Nothing lands outside the target, whatever the archive says.

    Args:
        archive: a tar file, compressed or not, or a zip file.
        target: a directory of nothing else; it appears when it is complete.

    Raises:
        PackageError: when it is neither, is damaged, or reaches out of the target.
    """
    about, seen = archive.stat(), target / _SEEN
    stamp = f"{about.st_size} {about.st_mtime_ns}"
    # Every hook asks: most of them need not read it all to find nothing new.
    if is_published(target) and seen.is_file() and seen.read_text() == stamp:
        return False
    digest = _digest(archive)
    if is_current(target, digest):
        seen.write_text(stamp)
        return False
    with publishing(target, digest) as fresh:
        try:
            _extract(archive, fresh)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
            raise PackageError(f"Cannot unpack {archive}: {error}") from error
        (fresh / _SEEN).write_text(stamp)
    return True


def _extract(archive: Path, target: Path) -> None:
    if tarfile.is_tarfile(archive):
        _untar(archive, target)
    elif zipfile.is_zipfile(archive):
        _unzip(archive, target)
    else:
        raise PackageError(f"Cannot unpack {archive}: it is neither a tar nor a zip file")


def _untar(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(target, filter="data")
            return
        # Python before 3.11.4 and 3.10.12 (Debian 12 has 3.11.2) knows no filters.
        for entry in tar:
            _require_inside(entry, target)
            entry.mode &= 0o755
            entry.uid = entry.gid = os.getuid()
            entry.uname = entry.gname = ""
            tar.extract(entry, target)


def _require_inside(entry: tarfile.TarInfo, target: Path) -> None:
    """Refuses what is no plain file, directory or link, or would be outside of the target."""
    if not (entry.isreg() or entry.isdir() or entry.issym() or entry.islnk()):
        raise tarfile.ExtractError(f"{entry.name} is a device or a pipe")
    place = target / entry.name
    reached = [place]
    if entry.issym():
        reached.append(place.parent.resolve() / entry.linkname)
    elif entry.islnk():
        reached.append(target / entry.linkname)
    # Entries are judged one by one as they are unpacked: links that are there already count.
    if not all(each.resolve().is_relative_to(target.resolve()) for each in reached):
        raise tarfile.ExtractError(f"{entry.name} is outside of it")


def _unzip(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        for entry in file.infolist():
            place = target / entry.filename
            if not place.resolve().is_relative_to(target.resolve()):
                raise PackageError(f"Cannot unpack {archive}: {entry.filename} is outside of it")
            if entry.is_dir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with file.open(entry) as source, place.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            # Unix permissions, where the archive has them: programs stay programs.
            if mode := entry.external_attr >> 16 & 0o755:
                place.chmod(mode | 0o600)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
