# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the performance report adds: facts, then figures and words (pure), then its sections."""
