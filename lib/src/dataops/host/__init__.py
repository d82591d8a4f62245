# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Effects on the machine: each is idempotent and says whether it changed anything."""
