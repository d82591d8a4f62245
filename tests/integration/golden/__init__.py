# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Charms and test suites that nobody here wrote, unmodified, on this engine."""
