# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Spark on this unit's disk: pyspark and its Kafka connector, as pinned or as attached."""

import hashlib
from pathlib import Path

from dataops.host import packages
from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.packages import PackageError

# The one that executors run Python with, too.
SYSTEM_PYTHON = "/usr/bin/python3"


class Installation:
    """What is installed in one directory.

    Args:
        root: that directory; nothing else is in it.
        charm_dir: where ``workload.txt`` and ``pom.xml`` are.
    """

    def __init__(self, root: Path, charm_dir: Path) -> None:
        self.root = root
        self._charm_dir = charm_dir
        self._stamp = root.with_name(f"{root.name}.archive")

    def ensure(self, archive: Path | None) -> bool:
        """Whether anything had to be installed.

        Args:
            archive: holds everything; None fetches it from the registries.

        Raises:
            PackageError: something is missing; the message names the next move.
        """
        if archive:
            return self._unpack(archive)
        packages.ensure_java()
        if ensure_absent(self._stamp):
            ensure_absent(self.root)
        python, jars = self._charm_dir / "workload.txt", self._charm_dir / "pom.xml"
        changed = packages.pip_install(python, self.python_path)
        return packages.copy_maven_dependencies(jars, self.jars_dir) or changed

    @property
    def python_path(self) -> Path:
        """The directory for PYTHONPATH."""
        return self.root / "python"

    @property
    def spark_home(self) -> Path:
        """Spark itself, inside pyspark."""
        return self.python_path / "pyspark"

    @property
    def jars_dir(self) -> Path:
        """The Kafka connector's directory."""
        return self.root / "jars"

    @property
    def jars(self) -> tuple[Path, ...]:
        """The Kafka connector."""
        return tuple(sorted(self.jars_dir.glob("*.jar")))

    @property
    def java_home(self) -> Path:
        """The Java that runs it all.

        Raises:
            PackageError: there is none.
        """
        return packages.find_java(self._java).resolve().parent.parent

    @property
    def version(self) -> str:
        """The installed version of Spark; empty when there is none."""
        found = sorted(self.python_path.glob("pyspark-*.dist-info"))
        return found[-1].name.removeprefix("pyspark-").removesuffix(".dist-info") if found else ""

    @property
    def python_version(self) -> str:
        """Of the Python that executors have, such as `3.12`; empty when its name does not say."""
        name = Path(SYSTEM_PYTHON).resolve().name
        return name.removeprefix("python") if name.startswith("python3.") else ""

    @property
    def digest(self) -> str:
        """Changes with what is installed."""
        markers = (self.root, self.python_path, self.jars_dir)
        found = (marker / ".digest" for marker in markers)
        texts = [path.read_text(encoding="utf-8") for path in found if path.is_file()]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()

    def _unpack(self, archive: Path) -> bool:
        about = archive.stat()
        stamp = f"{about.st_size} {about.st_mtime_ns}"
        # Reading half a gigabyte at every event only to find nothing new would be a waste.
        if self._stamp.is_file() and self._stamp.read_text(encoding="utf-8") == stamp:
            packages.ensure_java(self._java)
            return False
        changed = packages.unpack(archive, self.root)
        if not self.version or not self.jars:
            ensure_absent(self.root)
            raise PackageError(
                "The resource spark holds no python/pyspark or no jars/: make it with"
                " python -m tools.resources spark, then juju attach-resource"
            )
        ensure_contents(self._stamp, stamp)
        packages.ensure_java(self._java)
        return changed

    @property
    def _java(self) -> Path:
        return self.root / "java"
