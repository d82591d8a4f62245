# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The programs `prometheus` and `promtool`: from an archive, from PATH, or from the distribution.

A package is unpacked below the unit's own directory and never installed, so that its service
never starts, nothing outside the unit changes, and no root is needed.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from dataops.host import packages
from dataops.host.files import ensure_absent
from dataops.host.packages import PackageError
from errors import InstallError

_NEEDED = ("prometheus", "promtool")
_VERSION = re.compile(r"version ([0-9]+(?:\.[0-9]+)*)")


@dataclasses.dataclass(frozen=True)
class Programs:
    """What is installed.

    Attributes:
        prometheus, promtool: The programs.
        version: Of Prometheus, such as `2.42.0`.
        web: The files of the web interface where the program does not carry them inside.
    """

    prometheus: Path
    promtool: Path
    version: str
    web: Path | None = None


@dataclasses.dataclass(frozen=True)
class Workload:
    """What `workload.txt` says.

    Attributes:
        packages: The distribution's packages; the first holds the programs.
        least: The oldest version that is accepted.
    """

    packages: tuple[str, ...]
    least: str

    @classmethod
    def read(cls, path: Path) -> Workload:
        """The content of a `workload.txt`: a package a line, the first with `>= version`."""
        lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
        first, *others = [line for line in lines if line]
        name, _, least = first.partition(">=")
        return cls((name.strip(), *others), least.strip())


def ensure_programs(archive: Path | None, directory: Path, workload: Workload) -> Programs:
    """The programs, fetched if need be.

    Args:
        archive: The attached resource; it comes before everything else.
        directory: Where to unpack.
        workload: What to fetch, and which versions will do.

    Raises:
        InstallError: They cannot be had, or are too old; names what was tried.
    """
    tree = directory / _tree_name(archive)
    if archive:
        _unpack_archive(archive, tree)
        found = _in_tree(tree)
    else:
        found = _in_tree(tree) or _on_path()
        if found is None:
            _in_place(tree, lambda scratch: _download(workload.packages, scratch))
            found = _in_tree(tree)
    if found is None:
        raise InstallError(
            f"{archive or 'The package prometheus'} holds no programs prometheus and promtool: "
            "juju attach-resource <application> prometheus=<file.tar.gz>"
        )
    _require_version(found, workload.least)
    for other in directory.glob("prometheus-*"):
        if other != tree:
            ensure_absent(other)
    return found


def installed(directory: Path) -> Programs | None:
    """The programs that are there already; None when there are none."""
    trees = sorted(path for path in directory.glob("prometheus-*") if path.suffix != ".part")
    return next((found for tree in trees if (found := _in_tree(tree))), None) or _on_path()


def _tree_name(archive: Path | None) -> str:
    """A directory per archive: another one attached is another installation."""
    if archive is None:
        return "prometheus-distribution"
    seen = archive.stat()
    return f"prometheus-{seen.st_size:x}-{seen.st_mtime_ns:x}"


def _in_place(tree: Path, fill: Callable[[Path], None]) -> None:
    """Fills the directory under another name first: a half-filled one is never taken for whole."""
    scratch = tree.with_suffix(".part")
    ensure_absent(scratch)
    scratch.mkdir(parents=True)
    try:
        fill(scratch)
        # One without programs in it may be there.
        ensure_absent(tree)
        scratch.replace(tree)
    finally:
        ensure_absent(scratch)


def _unpack_archive(archive: Path, target: Path) -> None:
    """The attached archive's content; the tree's name already tells archives apart."""
    if target.is_dir():
        return
    try:
        packages.unpack(archive, target)
    except PackageError as error:
        raise InstallError(f"The resource prometheus cannot be unpacked: {error}") from error


def _download(names: tuple[str, ...], target: Path) -> None:
    """The packages' files, from the distribution."""
    if not shutil.which("apt-get"):
        raise InstallError(_without_source(names, "this machine has no apt"))
    try:
        packages.unpack_apt(names, target)
    except PackageError as error:
        raise InstallError(_without_source(names, str(error))) from error
    ensure_absent(target / "usr" / "share" / "doc")


def _without_source(names: tuple[str, ...], reason: str) -> str:
    """What to do when nothing brings the programs."""
    return (
        f"Cannot get Prometheus ({reason}): sudo apt-get update && sudo apt-get install "
        f"{names[0]}, or attach it: juju attach-resource <application> prometheus=<file.tar.gz>"
    )


def _in_tree(tree: Path) -> Programs | None:
    """The programs below an unpacked directory, wherever its maker put them."""
    assets = next((path for path in sorted(tree.glob("**/prometheus/web")) if path.is_dir()), None)
    # Both in one directory: a package also has an init script that is called `prometheus`.
    for beside in sorted(tree.glob("**/promtool")):
        paths = [beside.with_name(name) for name in _NEEDED]
        if all(path.is_file() and os.access(path, os.X_OK) for path in paths):
            return _programs(paths, assets)
    return None


def _on_path() -> Programs | None:
    """The programs that the machine has already."""
    found = [shutil.which(name) for name in _NEEDED]
    return _programs([Path(path) for path in found if path], None)


def _programs(paths: list[Path], web: Path | None) -> Programs | None:
    """Both programs, if they are there and run."""
    if len(paths) != len(_NEEDED):
        return None
    prometheus, promtool = paths
    version = _version(prometheus)
    return Programs(prometheus, promtool, version, web) if version else None


@functools.cache
def _version(prometheus: Path) -> str:
    """What the program says of itself, asked once per hook; empty when it does not run."""
    done = subprocess.run(
        [str(prometheus), "--version"], check=False, capture_output=True, text=True
    )
    match = _VERSION.search(done.stdout + done.stderr)
    return match.group(1) if match else ""


def _require_version(found: Programs, least: str) -> None:
    """Refuses what is too old, by name."""
    if _numbers(found.version) < _numbers(least):
        raise InstallError(
            f"{found.prometheus} is Prometheus {found.version}, but this charm needs {least} or "
            "newer: juju attach-resource <application> prometheus=<file.tar.gz>"
        )


def _numbers(version: str) -> tuple[int, ...]:
    """A version as it compares."""
    return tuple(int(part) for part in version.split("."))
