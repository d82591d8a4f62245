# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The process that measures: ``python -m dataops.evidence.meter DIRECTORY``.

It finds its orders in the directory, keeps its account there, and says there what it has seen.
"""
