# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The distribution's packages, unpacked and not installed: installing one may start a server."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


class DebianError(Exception):
    """A package cannot be had; the message says what to run."""


def unpack(names: Sequence[str], target: Path) -> None:
    """Unpack packages of this machine's release below `target`.

    Raises:
        DebianError: apt or dpkg refused, or this machine has neither.
    """
    with tempfile.TemporaryDirectory(prefix="dataops-deb-") as directory:
        if not _download(names, Path(directory)):
            raise DebianError(
                f"Cannot download {', '.join(names)}: run 'sudo apt-get update' and try again"
            )
        for archive in sorted(Path(directory).glob("*.deb")):
            if _run("dpkg", "-x", str(archive), str(target), cwd=target):
                raise DebianError(f"Cannot unpack {archive.name}: it is not a whole package")


def _download(names: Sequence[str], directory: Path) -> bool:
    # As root, apt drops to a user of its own, who may not write here.
    sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    fetch = ["apt-get", "-q", *sandbox, "download", *names]
    if _run(*fetch, cwd=directory) and os.geteuid() == 0:
        _run("apt-get", "-qq", "update", cwd=directory)
        return not _run(*fetch, cwd=directory)
    return len(list(directory.glob("*.deb"))) == len(names)


def _run(*argv: str, cwd: Path) -> int:
    try:
        return subprocess.run(argv, cwd=cwd, stdout=subprocess.DEVNULL).returncode
    except FileNotFoundError:
        return 127
