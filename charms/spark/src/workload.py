# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs work with: this unit's Spark, and what all units agree on."""

from collections.abc import Callable

from cluster import Spark
from dataops.host.paths import UnitPaths
from dataops.host.services import ServiceManager
from dataops.rotation import Rotation
from installation import Installation


class Workload(Spark):
    """Spark on one unit, with the means to ask for a new secret of all of them."""

    def __init__(
        self,
        agree: Callable[[Rotation], None],
        paths: UnitPaths,
        services: ServiceManager,
        installation: Installation,
        user: str | None = None,
    ) -> None:
        super().__init__(paths, services, installation, user)
        self.agree = agree
