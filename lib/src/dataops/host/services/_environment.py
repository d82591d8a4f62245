# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The environment that every service gets: little, and nothing of the hook that defined it."""

import os

from dataops.host.paths import UnitPaths
from dataops.host.services._service import Service

_SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Who a process belongs to. An engine that keeps several machines on one host finds by these
# whatever a removed machine leaves running; JUJU_CONTEXT_ID would make it a part of the hook.
_IDENTITY = ("JUJU_MODEL_UUID", "JUJU_UNIT_NAME", "JUJU_MACHINE_ID")


def base(paths: UnitPaths) -> dict[str, str]:
    """What any process of this unit gets, the same from every hook."""
    tools = paths.root.parents[2] / "tools" / paths.root.parent.name
    identity = {name: os.environ[name] for name in _IDENTITY if name in os.environ}
    return {
        "HOME": str(paths.root),
        "LANG": "C.UTF-8",
        "PATH": f"{_SYSTEM}:{tools}",
        "TMPDIR": str(paths.tmp),
        **identity,
    }


def of(service: Service, paths: UnitPaths) -> dict[str, str]:
    """All variables of a service."""
    return base(paths) | dict(service.environment)
