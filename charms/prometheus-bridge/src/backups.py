# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where this unit's backups are."""

from __future__ import annotations

from pathlib import Path

from dataops.backup.verbs import Access, nowhere, unit_place
from dataops.operations import OperationError
from observed import Observed

# On the file system of what is linked, for links do not cross file systems.
STATE = ".backup"
SAMPLES = "prometheus"


def access(o: Observed) -> Access:
    """Its own place in the store."""
    return Access(
        unit=o.topology.unit,
        target=o.store,
        nowhere=nowhere(o.topology.application, o.store_trouble),
        cluster=unit_place(o.topology.unit, o.topology.model_uuid),
    )


def storage(o: Observed) -> Path:
    """Where the unit's files are; raises `OperationError` while it has none."""
    if o.data is None:
        raise OperationError(f"{o.topology.unit} has no storage yet: see juju status --storage")
    return o.data
