# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Long-running processes of a unit: one protocol, under systemd or under one supervisord per unit.

``manager(paths, unit)`` picks; a charm never needs to know which one it got.
"""

from dataops.host.services._choice import manager
from dataops.host.services._service import (
    Service,
    ServiceError,
    ServiceManager,
    ServiceState,
    Status,
)

__all__ = ["Service", "ServiceError", "ServiceManager", "ServiceState", "Status", "manager"]
