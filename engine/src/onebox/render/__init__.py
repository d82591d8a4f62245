# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the real client prints, from a model's JSON: pure functions, no socket, no clock."""
