# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The package sources of a machine that reaches nothing outside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataops.host import packages
from dataops.host.packages import PackageError

_CALLS = (
    "copy_maven_dependencies",
    "ensure_apt",
    "ensure_java",
    "find_java",
    "pip_install",
    "unpack",
    "unpack_apt",
)


class FakePackages:
    """Has the functions of ``dataops.host.packages``; what it installs are empty directories.

    Attributes:
        available: the distribution's packages that can be installed.
        installed: those that are.
        java: the Java there is; None when there is none.
        reachable: whether Maven and PyPI answer.
        targets: what was put where: the directory and the file that said what goes in.
    """

    def __init__(self) -> None:
        self.available: set[str] = set()
        self.installed: set[str] = set()
        self.java: Path | None = Path("/usr/lib/jvm/java-17-openjdk-amd64/bin/java")
        self.reachable = True
        self.targets: dict[Path, bytes] = {}

    def patch(self, monkeypatch: Any) -> "FakePackages":
        """Take the place of the functions of ``dataops.host.packages``, for callers of the module.

        Args:
            monkeypatch: pytest's fixture.
        """
        for name in _CALLS:
            monkeypatch.setattr(packages, name, getattr(self, name))
        return self

    def ensure_apt(self, names: Sequence[str], *, masked: Sequence[str] = ()) -> bool:
        """Whether any had to be installed."""
        missing = set(names) - self.installed
        if unknown := sorted(missing - self.available):
            raise PackageError(f"Missing {', '.join(unknown)}")
        self.installed |= missing
        return bool(missing)

    def unpack_apt(self, names: Sequence[str], target: Path) -> None:
        """The first must be there, the others where they are: a directory for each."""
        if names[0] not in self.available:
            raise PackageError(f"Unable to locate package {names[0]}")
        found = [name for name in names if name in self.available]
        for name in found:
            (target / name).mkdir()
        self.targets[target] = " ".join(found).encode()

    def find_java(self, brought: Path | None = None) -> Path:
        """The Java there is."""
        if brought and (program := brought / "bin" / "java").exists():
            return program
        if self.java is None:
            raise PackageError("No Java 17 or newer")
        return self.java

    def ensure_java(self, brought: Path | None = None) -> Path:
        """The Java there is."""
        return self.find_java(brought)

    def copy_maven_dependencies(self, pom: Path, target: Path) -> bool:
        """Whether the jars had to be fetched."""
        return self._fetch(pom, target)

    def pip_install(self, requirements: Path, target: Path, python: str = "python3") -> bool:
        """Whether the packages had to be fetched."""
        return self._fetch(requirements, target)

    def unpack(self, archive: Path, target: Path) -> bool:
        """Whether the archive had to be unpacked."""
        return self._put(archive, target)

    def _fetch(self, what: Path, target: Path) -> bool:
        if not self.reachable and self.targets.get(target) != what.read_bytes():
            raise PackageError(f"Cannot fetch what {what.name} names")
        return self._put(what, target)

    def _put(self, what: Path, target: Path) -> bool:
        content = what.read_bytes()
        if self.targets.get(target) == content:
            return False
        target.mkdir(parents=True, exist_ok=True)
        self.targets[target] = content
        return True
