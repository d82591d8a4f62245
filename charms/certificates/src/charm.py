#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A development certificate authority."""

from __future__ import annotations

import ops

import operations
from dataops.interfaces.operations import OperationsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.passing import pass_over
from dataops.reconciler import leaving, observe_all
from observed import Observed
from plan import plan
from provider import Provider
from registry import Registry
from status import statuses

VERBS = discover(operations)


class CertificatesCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        # The library observes by itself: its part is done when ours begins.
        self.provider = Provider(self, "certificates")
        self.registry = Registry(self, self.provider)
        self.jobs = Jobs.of(self)
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="certificate-authority", jobs=self.jobs
        )
        self.actions = Actions(
            self, VERBS, lambda: (self._observe(), self.registry), self.jobs.look_again
        )
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = self._observe(event)
        roots = observed.roots
        for step in plan(observed):
            roots = self.registry.apply(step, roots)
        if observed.leaving.unit:
            self.jobs.remove_all()
        else:
            self.verbs.publish_catalogue()
            observed = self._observe()
            if self.model.relations["monitoring"]:
                # Here, because most hooks need none of it.
                from monitoring import monitoring

                monitoring(self, observed).publish()
            self.verbs.run_due(observed, self.registry)
            if not observed.asked:
                pass_over(self, "certificates", unless="certificate_signing_requests")

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        return Observed.read(self, self.provider, leaving(event) if event else None)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        for status in statuses(self._observe()):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(CertificatesCharm)
