# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who the engine says it is: one controller of the Juju 4.0 series."""

from __future__ import annotations

VERSION = "4.0.15"
CONTROLLER = "onebox"
CONTROLLER_UUID = "6f6e6562-6f78-4000-8000-000000000001"
CLOUD = "localhost"
CLOUD_TYPE = "onebox"
REGION = "localhost"
CREDENTIAL = "localhost"
USER = "admin"
SPACE = "alpha"
