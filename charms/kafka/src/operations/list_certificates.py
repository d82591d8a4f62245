# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that each port of this unit serves, and whom the unit trusts there."""

import datetime
from collections.abc import Iterator

from dataops.certificates import Entry, Inventory, entry
from dataops.operations import Context, NoParams, Verb
from listeners import LISTENERS
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, NoParams]) -> Inventory:
    """Asks the ports, not our records of them."""
    return Inventory.of(_entries(context.observed, context.workload))


def _entries(o: Observed, workload: Workload) -> Iterator[Entry]:
    stores, now = workload.broker.stores, datetime.datetime.now(datetime.timezone.utc)
    trusts = stores.authorities
    for listener, port in LISTENERS.items():
        served = stores.ask(o.address, port) if o.broker.stores else None
        yield entry(o.unit, o.address, port, served, now=now, listener=listener, trusts=trusts)


VERB = Verb(
    name="list-certificates",
    description="The certificate that each port serves, until when, and whom the unit trusts.",
    run=run,
    params=NoParams,
    result=Inventory,
)
