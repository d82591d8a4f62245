# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes what a rehearsal left, also one that was killed."""

from __future__ import annotations

from dataops.backup.verbs import Place, clearing
from dataops.operations import Context, Params
from observed import Observed
from operations.drill import PLACE
from workload import Workload


def _place(context: Context[Observed, Workload, Params]) -> Place:
    o = context.observed
    return Place(unit=o.unit, root=o.paths.root, directory=o.storage and o.storage / PLACE)


VERB = clearing(_place)
