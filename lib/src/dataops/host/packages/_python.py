# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages from PyPI for a workload, apart from the charm's own."""

import hashlib
import os
from pathlib import Path

from dataops.host.packages._apt import ensure_apt
from dataops.host.packages._errors import PackageError, run
from dataops.host.packages._publish import is_current, publishing

_SYSTEM = "/usr/bin/python3"


def pip_install(requirements: Path, target: Path, python: str = _SYSTEM) -> bool:
    """Whether the packages had to be fetched; ``target`` then is a directory for PYTHONPATH.

    Args:
        requirements: a requirements file with pinned versions.
        target: a directory of nothing else; it appears when it is complete.
        python: the interpreter they are for.

    Raises:
        PackageError: when pip is missing or fails.
    """
    version = run([python, "--version"])
    digest = hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()
    if is_current(target, digest):
        return False
    _ensure_pip(python)
    with publishing(target, digest) as fresh:
        command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        command += ["--quiet", "--target", str(fresh), "--requirement", str(requirements)]
        run(command)
    return True


def _ensure_pip(python: str) -> None:
    try:
        run([python, "-m", "pip", "--version"])
    except PackageError:
        if os.path.realpath(python) != os.path.realpath(_SYSTEM):
            raise
        ensure_apt(["python3-pip"])
