# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes old backups of this unit, never the last good one, and what they alone needed."""

from backups import access
from dataops.backup.verbs import pruning
from dataops.operations import Scope

VERB = pruning(lambda c: access(c.observed), scope=Scope.UNIT)
