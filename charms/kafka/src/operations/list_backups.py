# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every backup with its sizes, and whether it was verified and rehearsed."""

from backups import access
from dataops.backup.verbs import listing
from dataops.operations import Scope

VERB = listing(lambda c: access(c.observed, c.workload), counted="topics", scope=Scope.LEADER)
