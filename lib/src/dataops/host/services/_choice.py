# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which service manager a unit gets."""

from pathlib import Path

from dataops.host.machine import is_ours
from dataops.host.paths import UnitPaths
from dataops.host.services._service import ServiceManager
from dataops.host.services.supervised import Supervised
from dataops.host.services.systemd import Systemd

_BOOTED = Path("/run/systemd/system")


def manager(paths: UnitPaths, unit: str) -> ServiceManager:
    """The manager of this unit's services.

    Systemd where it runs and the machine is Juju's own, else a supervisord of the unit's own.

    Args:
        paths: the unit's directories.
        unit: the unit's name, such as ``kafka/0``.
    """
    if _BOOTED.is_dir() and is_ours(paths.root.parent / "charm"):
        return Systemd(paths, unit)
    return Supervised(paths)
