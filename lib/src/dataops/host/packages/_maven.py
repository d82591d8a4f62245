# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Jars by their Maven coordinates."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

from dataops.host.packages._apt import ensure_apt
from dataops.host.packages._errors import proxies, run
from dataops.host.packages._java import ensure_java
from dataops.host.packages._publish import is_current, publishing

_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def copy_maven_dependencies(pom: Path, target: Path) -> bool:
    """Whether the jars had to be fetched; ``target`` then holds what the POM needs at run time.

    Args:
        pom: the POM, with pinned versions.
        target: a directory of nothing else; it appears when it is complete.

    Raises:
        PackageError: when Maven is missing or fails.
    """
    digest = hashlib.sha256(pom.read_bytes()).hexdigest()
    if is_current(target, digest):
        return False
    java = ensure_java()
    if not shutil.which("mvn"):
        ensure_apt(["maven"])
    with publishing(target, digest) as fresh, _repository():
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(pom), _GOAL]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={fresh}", *_by_proxy()]
        run(command, {"JAVA_HOME": str(java.resolve().parent.parent)})
    return True


def _by_proxy() -> list[str]:
    """How Java is told of the model's proxies."""
    found: list[str] = []
    for kind, url in proxies().items():
        if kind == "no":
            hosts = "|".join(part.strip() for part in url.split(",") if part.strip())
            found.append(f"-Dhttp.nonProxyHosts={hosts}")
        elif (parts := urlsplit(url)).hostname:
            found += [f"-D{kind}.proxyHost={parts.hostname}"]
            found += [f"-D{kind}.proxyPort={parts.port or (443 if kind == 'https' else 80)}"]
    return found


@contextlib.contextmanager
def _repository() -> Generator[None]:
    """Sole use of Maven's local repository, which several units of one host share."""
    # A hook has no HOME; Maven and Path.home() then both ask for the user's own.
    directory = Path.home() / ".m2"
    directory.mkdir(exist_ok=True)
    descriptor = os.open(directory / "dataops.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
