# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which service manager a unit gets."""

from pathlib import Path

from dataops.host.machine import is_ours
from dataops.host.paths import UnitPaths
from dataops.host.services._service import ServiceManager

_BOOTED = Path("/run/systemd/system")


def manager(paths: UnitPaths, unit: str) -> ServiceManager:
    """The manager of this unit's services.

    Systemd where it runs and the machine is Juju's own, else a supervisord of the unit's own.

    Args:
        paths: the unit's directories.
        unit: the unit's name, such as ``kafka/0``.
    """
    # Each brings libraries that the other needs not: a hook starts the sooner.
    if _BOOTED.is_dir() and is_ours(paths.root.parent / "charm"):
        from dataops.host.services.systemd import Systemd

        return Systemd(paths, unit)
    from dataops.host.services.supervised import Supervised

    return Supervised(paths)
