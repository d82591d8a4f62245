# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Has `promtool` in .cache/promtool: alert rules are tested by Prometheus' own judge.

The distribution's package is unpacked, not installed: installing it would start a server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".cache" / "promtool"


def unpack(package: str, target: Path) -> None:
    """Unpack a distribution package of this machine's release below `target`, installing nothing.

    Raises:
        subprocess.CalledProcessError: apt or dpkg refused; their message is on stderr.
    """
    with tempfile.TemporaryDirectory(prefix="dataops-deb-") as directory:
        # apt drops to its own user for downloads, who has to reach the directory.
        Path(directory).chmod(0o755)
        sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
        fetch = ["apt-get", "-q", *sandbox, "download", package]
        if subprocess.run(fetch, cwd=directory).returncode and os.geteuid() == 0:
            subprocess.run(["apt-get", "-qq", "update"], check=True)
            subprocess.run(fetch, cwd=directory, check=True)
        archive = next(Path(directory).glob("*.deb"))
        subprocess.run(["dpkg", "-x", str(archive), str(target)], check=True)


def main() -> int:
    if shutil.which("promtool"):
        return 0
    if shutil.which("apt-get") is None:
        print(
            "ERROR promtool is missing: install Prometheus, then run this again", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="dataops-promtool-") as directory:
        try:
            unpack("prometheus", Path(directory))
        except (subprocess.CalledProcessError, StopIteration):
            print("ERROR cannot fetch promtool: run 'apt-get install prometheus'", file=sys.stderr)
            return 1
        HOME.mkdir(parents=True, exist_ok=True)
        shutil.copy2(Path(directory) / "usr" / "bin" / "promtool", HOME / "promtool")
    return 0


if __name__ == "__main__":
    sys.exit(main())
