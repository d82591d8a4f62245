# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The systemd manager under a real systemd: a machine of its own in a container.

Needs root, systemd-nspawn and debootstrap, and two minutes the first time; run it by name:

    sudo .venv/bin/pytest lib/tests/systemd
"""

import os
import platform
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
# This host's release: its Python is the one that our packages are installed for.
SUITE = platform.freedesktop_os_release()["VERSION_CODENAME"]
ROOT = REPOSITORY / ".cache" / f"systemd-root-{SUITE}"
PACKAGES = "systemd,systemd-sysv,dbus,python3"
UNIT = """\
[Service]
Type=oneshot
Environment=PYTHONPATH=/dataops:/packages PYTHONDONTWRITEBYTECODE=1
ExecStart=/bin/sh -c 'python3 -m pytest -p no:cacheprovider -v /cases/cases.py >/out/report 2>&1; \
    echo $$? >/out/code; systemctl poweroff'
"""


@pytest.fixture(scope="session")
def root() -> Path:
    """A small system with systemd, made once."""
    if os.geteuid() != 0 or not shutil.which("systemd-nspawn") or not shutil.which("debootstrap"):
        pytest.fail("Needs root, and: apt-get install --yes systemd-container debootstrap")
    if not (ROOT / "usr" / "bin" / "python3").exists():
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(ROOT)]
        subprocess.run(command, check=True)
    return ROOT


def test_every_promise_holds_under_a_real_systemd(root, tmp_path):
    unit = tmp_path / "cases.service"
    unit.write_text(UNIT)
    binds = {
        REPOSITORY / "lib" / "src": "/dataops",
        Path(sysconfig.get_path("purelib")): "/packages",
        HERE: "/cases",
        # Not into the root: other tests boot it as well.
        unit: "/etc/systemd/system/cases.service",
    }
    command = ["systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--private-network"]
    command += ["--volatile=overlay", "--directory", str(root), f"--bind={tmp_path}:/out"]
    command += [f"--bind-ro={source}:{target}" for source, target in binds.items()]
    command += ["systemd.wants=cases.service"]
    subprocess.run(command, capture_output=True, timeout=300, check=False)
    report = (tmp_path / "report").read_text()
    assert (tmp_path / "code").read_text().strip() == "0", report
