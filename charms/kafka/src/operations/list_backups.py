# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every backup with its sizes, and whether it was verified and rehearsed."""

from backups import known
from dataops.backup.verbs import listing
from dataops.operations import Scope

VERB = listing(lambda c: known(c.observed, c.workload), counted="topics", scope=Scope.LEADER)
