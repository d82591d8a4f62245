# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the samples of a backup in the place of those that this unit has."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backups import SAMPLES, STATE, access, storage
from bridge import SERVICE, Bridge
from dataops.backup.verbs import RestoreSpec, restoring
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.operations import Context, Work
from observed import Observed

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest


class Spec(RestoreSpec):
    """What the job is told.

    Attributes:
        data: the storage.
        root: of the unit's own directories.
    """

    data: Path
    root: Path


def prepare(context: Context[Observed, Bridge, Any]) -> Spec:
    """What the job needs to know."""
    o, data = context.observed, storage(context.observed)
    return Spec(
        **dict(access(o)),
        state=data / STATE,
        owner=context.workload.user,
        data=data,
        root=o.paths.root,
    )


def put(work: Work[Spec], manifest: Manifest, staging: Path) -> str:
    """Prometheus ends, gets the samples, and starts; what it had is put aside."""
    spec = work.spec
    manager = services.manager(UnitPaths(spec.root), spec.unit)
    aside = spec.data / f"replaced-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    manager.stop(SERVICE)
    try:
        if (spec.data / SAMPLES).exists():
            (spec.data / SAMPLES).rename(aside)
        staging.rename(spec.data / SAMPLES)
    finally:
        # A hook may have started it meanwhile.
        manager.restart(SERVICE)
    return f"What was there is in {aside}. See health-check, and remove it when all is well."


VERB = restoring(
    prepare, put, Spec, "Puts the samples of a backup in the place of those that this unit has."
)
