# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives the store a new certificate, which restarts it; its port proves it."""

from dataops.certificates import renewing

VERB = renewing("Gives the store a new certificate, which restarts it; its port proves it.")
