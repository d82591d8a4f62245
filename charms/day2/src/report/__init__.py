# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The performance report: facts, then figures and words (pure), then one page."""
