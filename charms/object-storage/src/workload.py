# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs work with: this unit's store, its keys, its certificate."""

from __future__ import annotations

import ops

from dataops.certificates import renewal
from dataops.certificates.requester import Requester
from dataops.interfaces.s3 import S3Provider
from observed import S3, Observed
from server import Server
from vault import Vault


class Workload(Vault):
    """The keys of the application, with this unit's store and its certificate."""

    def __init__(
        self, charm: ops.CharmBase, provider: S3Provider, server: Server, requester: Requester
    ) -> None:
        super().__init__(charm, provider)
        self.server = server
        self.requester = requester

    def site(self, observed: Observed) -> renewal.Site:
        """Where the certificate of this unit is renewed."""
        return renewal.Site(
            unit=observed.unit,
            address=observed.address,
            ports={S3: observed.port},
            tls=observed.tls,
            requester=self.requester,
            ledger=renewal.Ledger(observed.paths.etc),
            process=self.server.process,
        )
