# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The figures that the product promises: each a ratio of two things measured in one run."""
