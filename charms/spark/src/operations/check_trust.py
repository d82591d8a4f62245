# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until this unit's clients are told to trust an authority, or to trust it no more."""

from dataops.certificates import CheckTrust, Trust
from dataops.operations import Context, Verb
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, CheckTrust]) -> Trust:
    """Whom clients are told to trust; nothing begins anew for it."""
    return context.workload.site(context.observed).trust(context)


VERB = Verb(
    name="check-trust",
    description="Waits until clients are told to trust an authority, or to trust it no more.",
    run=run,
    params=CheckTrust,
    result=Trust,
)
