# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs work with: this unit's Spark, its certificate, and what all units agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cluster import Spark
from dataops.host.paths import UnitPaths
from dataops.host.processes import identify
from dataops.host.services import ServiceManager
from dataops.rotation import Rotation
from installation import Installation
from observed import Observed
from plan import wanted
from ports import secure
from processes import JOB

if TYPE_CHECKING:
    from dataops.certificates import renewal
    from dataops.certificates.requester import Requester


class Workload(Spark):
    """Spark on one unit, with the means to ask for a new certificate, or a new secret of all."""

    def __init__(
        self,
        agree: Callable[[Rotation], None],
        requester: Requester | None,
        paths: UnitPaths,
        services: ServiceManager,
        installation: Installation,
        user: str | None = None,
    ) -> None:
        super().__init__(paths, services, installation, user)
        self.agree = agree
        self.requester = requester

    def site(self, observed: Observed) -> renewal.Site:
        """Where the certificate of this unit is renewed."""
        from dataops.certificates import renewal

        return renewal.Site(
            unit=observed.unit,
            address=observed.address,
            ports=self._ports(observed),
            tls=observed.tls,
            requester=self.requester,
            ledger=renewal.Ledger(self.paths.etc),
            process=identify(self.services.state("worker").pid),
        )

    def _ports(self, observed: Observed) -> Mapping[str, int]:
        """Those that serve the certificate: of the daemons, and of the jobs that are there."""
        found = {role: secure(port) for role, port in observed.uis.items()}
        for job, slot in observed.homes:
            if job.name in wanted(observed) and self.running(f"{JOB}{job.name}"):
                found[job.name] = secure(observed.ports.driver_ui(slot))
                found[f"{job.name} metrics"] = observed.ports.job_metrics(slot)
        return found
