# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What the verbs work with: this unit's Prometheus, its certificate, everybody's accounts."""

from __future__ import annotations

from pathlib import Path

from accounts import Accounts
from bridge import Bridge
from dataops.certificates import renewal
from dataops.certificates.requester import Requester
from dataops.host.paths import UnitPaths
from dataops.host.services import ServiceManager
from ledger import Ledger
from observed import Observed
from plan import WEB


class Workload(Bridge):
    """The Prometheus of one unit, the accounts of its application, and its certificate."""

    def __init__(
        self,
        ledger: Ledger,
        requester: Requester,
        paths: UnitPaths,
        services: ServiceManager,
        workload: Path,
        user: str | None = None,
    ) -> None:
        super().__init__(paths, services, workload, user)
        self.ledger = ledger
        self.requester = requester

    def site(self, observed: Observed) -> renewal.Site:
        """Where the certificate of this unit is renewed."""
        return renewal.Site(
            unit=observed.topology.unit,
            address=observed.address,
            ports={WEB: observed.config.port if observed.config else 9090},
            tls=observed.tls,
            requester=self.requester,
            ledger=renewal.Ledger(observed.paths.etc),
            process=self.process,
        )

    def prove(self, observed: Observed) -> Accounts:
        """The accounts, after every unit was asked whether it refuses what has been taken away.

        For the leader, once its own Prometheus lets in only whom it should.
        """
        accounts = observed.accounts
        rotation = accounts.rotation
        if rotation is None or not rotation.unproved:
            return accounts
        urls = (observed.url, *self.ledger.urls())
        old = {holder: rotation.changes[holder].old for holder in rotation.unproved}
        refused = [
            holder
            for holder, user in old.items()
            if all(self.api(url).refuses(user, accounts.retired[user]) for url in urls)
        ]
        if refused:
            accounts = accounts.proved(refused)
            self.ledger.write(accounts)
        return accounts
