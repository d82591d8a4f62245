# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a whole backup of this unit back, and checks every hash."""

from backups import access
from dataops.backup.verbs import verifying
from dataops.operations import Scope

VERB = verifying(lambda c: access(c.observed), scope=Scope.UNIT)
