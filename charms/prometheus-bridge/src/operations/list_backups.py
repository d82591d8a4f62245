# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""This unit's backups with their sizes, and whether they were verified."""

from backups import access
from dataops.backup.verbs import listing
from dataops.operations import Scope

VERB = listing(lambda c: access(c.observed), counted="files", scope=Scope.UNIT)
