# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives the store a new certificate, which restarts it; its port proves it."""

from dataops.certificates import RenewCertificates, Renewed
from dataops.operations import Context, Verb
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, RenewCertificates]) -> Renewed:
    """Asks for the certificate, and looks how far it is: the charm's own plan has it served."""
    return context.workload.site(context.observed).renew(context)


VERB = Verb(
    name="renew-certificates",
    description="Gives the store a new certificate, which restarts it; its port proves it.",
    run=run,
    params=RenewCertificates,
    result=Renewed,
    mutating=True,
)
