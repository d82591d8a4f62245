# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that the store serves, and who is told to trust whom."""

from dataops.certificates import Inventory
from dataops.operations import Context, NoParams, Verb
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, NoParams]) -> Inventory:
    """Asks the port, not our records of it."""
    return context.workload.site(context.observed).inventory()


VERB = Verb(
    name="list-certificates",
    description="The certificate that the store serves, and until when.",
    run=run,
    params=NoParams,
    result=Inventory,
)
