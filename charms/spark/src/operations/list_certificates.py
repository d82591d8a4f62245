# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that each page of this unit serves, and who is told to trust whom."""

from dataops.certificates import Inventory
from dataops.operations import Context, NoParams, Verb
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, NoParams]) -> Inventory:
    """Asks the ports, not our records of them."""
    return context.workload.site(context.observed).inventory()


VERB = Verb(
    name="list-certificates",
    description="The certificate that each page of this unit serves, and until when.",
    run=run,
    params=NoParams,
    result=Inventory,
)
