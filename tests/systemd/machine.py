# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small Debian that `systemd-nspawn` boots, with a network of its own that has only loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from tools import pack

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "systemd-root"
CHARM = "/var/lib/juju/agents/unit-prometheus-0/charm"
PACKAGES = "systemd,systemd-sysv,dbus,python3"
UNIT = f"""\
[Unit]
Description=The proof, then the end
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=oneshot
Environment=JUJU_CHARM_DIR={CHARM}
Environment=PYTHONPATH={CHARM}/site:{CHARM}/src
Environment=PYTHONDONTWRITEBYTECODE=1
ExecStart=/usr/bin/python3 /proof/proof.py
TimeoutStartSec=5min
"""


def obstacle() -> str:
    """Why no machine can be booted here, and what would help; empty when one can."""
    if os.geteuid() != 0:
        return "systemd-nspawn needs root: sudo .venv/bin/pytest tests/systemd"
    missing = [name for name in ("debootstrap", "systemd-nspawn") if shutil.which(name) is None]
    if missing:
        return "sudo apt-get install --yes debootstrap systemd-container"
    return ""


def base() -> Path:
    """The machine's root directory, built once."""
    if not CACHE.exists():
        building = CACHE.with_suffix(".part")
        shutil.rmtree(building, ignore_errors=True)
        building.parent.mkdir(exist_ok=True)
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "stable"]
        subprocess.run([*command, str(building)], check=True, stdout=subprocess.DEVNULL)
        building.rename(CACHE)
    return CACHE


def unpacked_charm(target: Path, root: Path) -> None:
    """prometheus-bridge as Juju would unpack it, for the Python of that machine."""
    python = next(iter(sorted(root.glob("usr/bin/python3.*")))).name.removeprefix("python")
    charm = ROOT / "charms" / "prometheus-bridge"
    wanted = pack.requirements(charm)
    site = pack.site_packages(wanted, pack.Target("debian@stable", python, "amd64"))
    shutil.copytree(site, target / "site")
    shutil.copytree(ROOT / "lib" / "src" / "dataops", target / "site" / "dataops")
    shutil.copytree(charm / "src", target / "src")
    shutil.copy(charm / "workload.txt", target)


def boot(root: Path, charm: Path, proof: Path) -> str:
    """Boots the machine, waits for its end; what its console printed."""
    unit = proof / "proof.service"
    unit.write_text(UNIT)
    command = [
        "systemd-nspawn",
        "--quiet",
        "--boot",
        "--register=no",
        "--keep-unit",
        "--private-network",
        # Nothing that happens inside outlives it.
        "--volatile=overlay",
        "--machine=dataops-proof",
        f"--directory={root}",
        f"--bind={charm}:{CHARM}",
        f"--bind={proof}:/proof",
        # Not into the root: other tests boot it as well.
        f"--bind-ro={unit}:/etc/systemd/system/proof.service",
        "systemd.wants=proof.service",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as machine:
        try:
            printed, _ = machine.communicate(timeout=400)
        except BaseException:
            machine.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                machine.wait(30)
            machine.kill()
            raise
    return printed.decode(errors="replace")
