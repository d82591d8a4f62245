# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What this host is, as Juju would describe a machine."""

import os
import platform
from pathlib import Path

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def boot_id() -> str:
    """Names the current boot of this host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def architecture() -> str:
    """The architecture in Juju's spelling, such as `amd64`."""
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)


def hardware() -> str:
    """`arch=amd64 cores=2 mem=24576M`."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = pages * size >> 20
    return f"arch={architecture()} cores={os.cpu_count()} mem={memory}M"
