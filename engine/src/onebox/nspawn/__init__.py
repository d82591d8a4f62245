# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines that boot: each a systemd container with a disk, a network and an address of its own.

The second of two ways to make machines, chosen with `juju add-model NAME --config
machine-backend=nspawn`. Scheduler and hook tools are the same; hooks run inside the container.
"""

import os
import shutil

_PROGRAMS = {
    "systemd-nspawn": "systemd-container",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "nsenter": "util-linux",
}


def obstacle() -> str:
    """Why no machine can boot here and what to do about it; empty when one can."""
    if os.geteuid() != 0:
        return "machine-backend nspawn needs root: stop the engine and run juju as root"
    missing = [package for name, package in _PROGRAMS.items() if shutil.which(name) is None]
    if missing:
        return f"machine-backend nspawn needs: apt-get install --yes {' '.join(missing)}"
    return ""
