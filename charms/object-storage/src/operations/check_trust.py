# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until this unit's clients are told to trust an authority, or to trust it no more."""

from dataops.certificates import trusting

VERB = trusting()
