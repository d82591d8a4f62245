# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes what was made for a rehearsal: a key, and a query that was killed."""

from __future__ import annotations

from cluster import Spark
from dataops.backup.verbs import Place, clearing
from dataops.operations import Context, Params
from observed import Observed
from operations.query_restored import PLACE


def _place(context: Context[Observed, Spark, Params]) -> Place:
    root = context.workload.paths.root
    return Place(unit=context.observed.unit, root=root, directory=root / PLACE)


VERB = clearing(_place)
