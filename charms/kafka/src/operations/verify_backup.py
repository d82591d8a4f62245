# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a whole backup back, and checks every hash and every batch."""

from backups import known
from dataops.backup.verbs import verifying
from dataops.operations import Scope

VERB = verifying(lambda c: known(c.observed, c.workload), scope=Scope.LEADER)
