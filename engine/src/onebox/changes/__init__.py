# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every change of a model: pure functions from model to model, one file per family of intent."""
