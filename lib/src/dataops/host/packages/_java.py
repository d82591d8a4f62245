# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Java that is new enough."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from dataops.host.packages._apt import ensure_apt, offered
from dataops.host.packages._errors import PackageError

_OLDEST = 17
# Not every release has the first.
_PACKAGES = ("openjdk-17-jre-headless", "openjdk-21-jre-headless")
_HOMES = Path("/usr/lib/jvm")
_VERSION = re.compile(r'version "?(?:1\.)?(\d+)', re.IGNORECASE)


def find_java(brought: Path | None = None) -> Path:
    """The ``java`` of a Java 17 or newer: the one brought, JAVA_HOME's, PATH's, or any installed.

    Args:
        brought: a directory with ``bin/java``, should a workload's archive have one.

    Raises:
        PackageError: when there is none.
    """
    seen: dict[str, int] = {}
    for program in _candidates(brought):
        version = _version(program)
        if version >= _OLDEST:
            return program
        seen[str(program)] = version
    old = "".join(f" ({program} is Java {version})" for program, version in seen.items())
    raise PackageError(
        f"No Java {_OLDEST} or newer{old}: run `sudo apt-get install --yes {_PACKAGES[0]}`"
    )


def ensure_java(brought: Path | None = None) -> Path:
    """As ``find_java``; installed if we are root and there is none."""
    try:
        return find_java(brought)
    except PackageError:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise
        ensure_apt((offered(_PACKAGES) or _PACKAGES)[:1])
        return find_java(brought)


def _candidates(brought: Path | None) -> Iterator[Path]:
    if brought:
        yield from _existing(brought / "bin" / "java")
    if home := os.environ.get("JAVA_HOME"):
        yield from _existing(Path(home) / "bin" / "java")
    if found := shutil.which("java"):
        yield Path(found)
    if _HOMES.is_dir():
        for home in sorted(_HOMES.iterdir()):
            yield from _existing(home / "bin" / "java")


def _existing(program: Path) -> Iterator[Path]:
    if os.access(program, os.X_OK):
        yield program


def _version(program: Path) -> int:
    """The feature release, such as 17; 0 when it does not say."""
    release = program.resolve().parent.parent / "release"
    if release.is_file():
        text = release.read_text(errors="replace")
    else:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
        text = done.stderr + done.stdout
    found = _VERSION.search(text.replace('JAVA_VERSION="', 'version "'))
    return int(found.group(1)) if found else 0
