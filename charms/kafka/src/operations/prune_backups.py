# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes old backups, never the last good one, and the objects they alone needed."""

from backups import known
from dataops.backup.verbs import pruning
from dataops.operations import Scope

VERB = pruning(lambda c: known(c.observed, c.workload), scope=Scope.LEADER)
