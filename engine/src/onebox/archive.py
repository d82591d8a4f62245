# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A `.charm` zip: whether it is safe, what is in it, and how it is unpacked."""

import os
import posixpath
import shutil
import stat
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from onebox.errors import Refused

# Far above any real charm: the largest carry a few hundred megabytes of wheels.
_MOST_ENTRIES = 100_000
_MOST_BYTES = 8 << 30
_LARGEST_DOCUMENT = 4 << 20
_LONGEST_LINK = 4096
_MANIFEST = ".onebox-manifest"
_AT_ONCE = 1 << 20
_BUFFER = 1 << 16


class Archive:
    """An open archive whose every entry has been checked."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.names = frozenset(_checked(file))

    def text(self, name: str) -> str | None:
        """The text of a small file at the top of the archive, or None; Refused when not UTF-8."""
        if name not in self.names:
            return None
        if self._file.getinfo(name).file_size > _LARGEST_DOCUMENT:
            raise Refused(f'file "{name}" of the charm is larger than 4 MiB')
        try:
            return self._file.read(name).decode()
        except UnicodeDecodeError:
            raise Refused(f'file "{name}" of the charm is not UTF-8 text') from None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise Refused(f'cannot read "{name}" of the charm: {error}') from error

    def unpack(self, target: Path) -> None:
        """Write every entry below `target`; files that only an earlier archive had go."""
        target.mkdir(parents=True, exist_ok=True)
        _remove_stale(target, self.names)
        # A charm has thousands of files in a few hundred directories: each is looked at once.
        entered: set[str] = set()
        for info in self._file.infolist():
            directory = posixpath.dirname(info.filename.rstrip("/"))
            if directory not in entered:
                _enter(target, directory, info.filename)
                entered.add(directory)
            _write(self._file, info, target / info.filename)
            if _is_link(info):
                # From here on, any of them may lead elsewhere.
                entered.clear()
        (target / _MANIFEST).write_text("\n".join(sorted(self.names)))


@contextmanager
def opened(path: Path) -> Generator[Archive]:
    """The archive at `path`; Refused when it is no zip or one that would do harm."""
    try:
        with zipfile.ZipFile(path) as file:
            yield Archive(file)
    except (zipfile.BadZipFile, EOFError) as error:
        raise Refused(f'cannot read charm archive "{path}": {error}') from error


def _checked(file: zipfile.ZipFile) -> Iterator[str]:
    infos = file.infolist()
    if len(infos) > _MOST_ENTRIES:
        raise Refused(f"charm archive has {len(infos)} entries, more than {_MOST_ENTRIES}")
    if sum(info.file_size for info in infos) > _MOST_BYTES:
        raise Refused("charm archive unpacks to more than 8 GiB")
    seen: set[str] = set()
    for info in infos:
        name = info.filename.rstrip("/")
        _check_name(name)
        _check_kind(file, info)
        if name in seen:
            raise Refused(f'file "{name}" is in the charm archive twice')
        seen.add(name)
        yield name


def _check_name(name: str) -> None:
    parts = name.split("/")
    if not name or name.startswith("/") or "\\" in name or {"..", ".", ""} & set(parts):
        raise Refused(f'file "{name}" leads out of the charm archive')


def _mode(info: zipfile.ZipInfo) -> int:
    return info.external_attr >> 16


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(_mode(info))


def _check_kind(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(_mode(info))
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise Refused(f'file is of unknown type: "{info.filename}"')
    if kind == stat.S_IFLNK:
        _check_link(info.filename, _link(file, info))


def _link(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    if info.file_size > _LONGEST_LINK:
        raise Refused(f'symlink "{info.filename}" is longer than any path')
    return os.fsdecode(file.read(info))


def _check_link(name: str, target: str) -> None:
    if posixpath.isabs(target):
        raise Refused(f'symlink "{name}" is absolute')
    end = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if end == ".." or end.startswith("../"):
        raise Refused(f'symlink "{name}" leads out of scope')


def _remove_stale(target: Path, names: frozenset[str]) -> None:
    manifest = target / _MANIFEST
    if not manifest.exists():
        return
    for name in set(manifest.read_text().splitlines()) - names:
        path = target / name
        if path.is_symlink() or path.is_file():
            path.unlink()


def _enter(target: Path, directory: str, name: str) -> None:
    """Make the directory of a file; Refused when a link carries it out of the target."""
    path = target / directory
    path.mkdir(parents=True, exist_ok=True)
    # A link that came earlier in the archive may not carry a later file elsewhere.
    if not path.resolve().is_relative_to(target.resolve()):
        raise Refused(f'file "{name}" leads out of the charm archive')


def _write(file: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    if info.is_dir():
        path.mkdir(parents=True, exist_ok=True)
    elif _is_link(info):
        with suppress(FileNotFoundError):
            path.unlink()
        path.symlink_to(_link(file, info))
    else:
        _write_file(file, info, _create(path, _permissions(info)))


def _create(path: Path, mode: int) -> int:
    """The descriptor of a new file, in place of whatever file or link was there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        made = os.open(path, flags, mode)
    except FileExistsError:
        path.unlink()
        made = os.open(path, flags, mode)
    # Whatever the umask kept back.
    if stat.S_IMODE(os.fstat(made).st_mode) != mode:
        os.fchmod(made, mode)
    return made


def _write_file(file: zipfile.ZipFile, info: zipfile.ZipInfo, made: int) -> None:
    # Most of a charm is small files: each is read in one go.
    with open(made, "wb", buffering=_BUFFER) as sink:
        if info.file_size <= _AT_ONCE:
            sink.write(file.read(info))
        else:
            with file.open(info) as source:
                shutil.copyfileobj(source, sink, _AT_ONCE)


def _permissions(info: zipfile.ZipInfo) -> int:
    mode = stat.S_IMODE(_mode(info)) or 0o644
    # Juju makes the scripts of `hooks/` executable, whatever the archive says.
    return mode | (0o100 if info.filename.startswith("hooks/") else 0)
