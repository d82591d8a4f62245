# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives Prometheus a new certificate without a restart; its port proves it."""

from dataops.certificates import renewing

VERB = renewing("Gives Prometheus a new certificate without a restart; its port proves it.")
