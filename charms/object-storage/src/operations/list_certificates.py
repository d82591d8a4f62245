# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that the store serves."""

import datetime
from collections.abc import Iterator

from dataops.certificates import Entry, Inventory, ask_port, entry
from dataops.operations import Context, NoParams, Verb
from observed import Observed
from vault import Vault


def run(context: Context[Observed, Vault, NoParams]) -> Inventory:
    """Asks the port, not our records of it."""
    return Inventory.of(_entries(context.observed))


def _entries(o: Observed) -> Iterator[Entry]:
    if o.config is None or not o.tls_wanted:
        # What serves http has none.
        return
    served = ask_port(o.address, o.config.port) if o.certificate else None
    now = datetime.datetime.now(datetime.timezone.utc)
    yield entry(o.unit, o.address, o.config.port, served, now=now, listener="s3")


VERB = Verb(
    name="list-certificates",
    description="The certificate that the store serves, and until when.",
    run=run,
    params=NoParams,
    result=Inventory,
)
