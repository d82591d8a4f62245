# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Provider against requirer, both directions, and against what published charms write."""
