# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Builds the archives that charms use instead of the registries, for sites without a network.

    python -m tools.resources                           # all, into .cache/resources
    python -m tools.resources kafka --output /media/stick
    python -m tools.resources --java                    # for machines that have no Java

Each archive holds exactly what the charm fetches by itself, from the same pins: `pom.xml` for
what Maven brings, `workload.txt` for what PyPI or the distribution brings. With `--java`, those
that need it also hold `java/`, the Java of this machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from dataops.host.packages import (
    PackageError,
    copy_maven_dependencies,
    find_java,
    pip_install,
    unpack_apt,
)

ROOT = Path(__file__).resolve().parent.parent
CHARMS = ROOT / "charms"
OUTPUT = ROOT / ".cache" / "resources"


def kafka(target: Path) -> None:
    """`libs/`: the jars of the broker and its tools."""
    copy_maven_dependencies(CHARMS / "kafka" / "pom.xml", target / "libs")


def spark(target: Path) -> None:
    """`python/`: pyspark as pip installs it; `jars/`: its Kafka connector."""
    pip_install(CHARMS / "spark" / "workload.txt", target / "python")
    copy_maven_dependencies(CHARMS / "spark" / "pom.xml", target / "jars")


def prometheus(target: Path) -> None:
    """The distribution's packages, unpacked."""
    pins = (CHARMS / "prometheus-bridge" / "workload.txt").read_text().splitlines()
    names = [line.partition("#")[0].partition(">")[0].strip() for line in pins]
    unpack_apt([name for name in names if name], target)


def s3proxy(target: Path) -> None:
    """`libs/`: the one jar of the object store."""
    copy_maven_dependencies(CHARMS / "object-storage" / "pom.xml", target / "libs")


RESOURCES: dict[str, Callable[[Path], None]] = {
    "kafka": kafka,
    "spark": spark,
    "prometheus": prometheus,
    "s3proxy": s3proxy,
}


# What runs on Java.
NEED_JAVA = ("kafka", "spark", "s3proxy")


def java(target: Path) -> None:
    """`java/`: what runs programs, of the Java that this machine has."""
    home = find_java().resolve().parent.parent
    unused = shutil.ignore_patterns("man", "legal", "jmods", "include", "demo", "src.zip", "docs")
    # Distributions have its configuration elsewhere, and links to it.
    shutil.copytree(home, target / "java", ignore=unused, ignore_dangling_symlinks=True)


def build(name: str, output: Path, *, with_java: bool = False) -> Path:
    """The archive `<output>/<name>.tar.gz`; it appears when it is whole."""
    output.mkdir(parents=True, exist_ok=True)
    result = output / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=output) as directory:
        tree, partial = Path(directory) / "tree", Path(directory) / result.name
        tree.mkdir()
        RESOURCES[name](tree)
        if with_java and name in NEED_JAVA:
            java(tree)
        with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
            for path in sorted(tree.iterdir()):
                archive.add(path, path.name, filter=without_markers)
        partial.replace(result)
    return result


def without_markers(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Everything but the digest that the library keeps beside what it fetched."""
    return None if entry.name.endswith("/.digest") else entry


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.resources")
    parser.add_argument("names", nargs="*", choices=[*RESOURCES, []], metavar="NAME")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--java", action="store_true", help="also this machine's Java")
    args = parser.parse_args()
    try:
        for name in args.names or RESOURCES:
            path = build(name, args.output, with_java=args.java)
            print(f"{path}  {path.stat().st_size / 1e6:.1f} MB", flush=True)
    except PackageError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
