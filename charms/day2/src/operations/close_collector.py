# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`close-collector`: nobody uploads any more, and the token is worth nothing.

It runs on every unit of day2: the one that opened it may lead no more.
"""

from __future__ import annotations

from archive import Archive
from dataops.host import services
from dataops.host.files import ensure_absent
from dataops.operations import Context, NoParams, Result, Scope, Verb
from observed import Observed
from operations.open_collector import INCOMING, LABEL, SERVICE


class Closed(Result):
    """Whether there was anything to close."""

    closed: bool


def run(context: Context[Observed, Archive, NoParams]) -> Closed:
    """End the process, and forget its key, its token and what was uploaded."""
    juju, paths = context.juju, context.juju.paths
    manager = services.manager(paths, juju.unit)
    closed = ensure_absent(paths.root / SERVICE)
    if closed:
        manager.stop(SERVICE, patience=1)
        manager.remove(SERVICE)
    ensure_absent(context.workload.root / INCOMING)
    if juju.leader:
        closed |= juju.withdraw(LABEL)
    return Closed(closed=closed)


VERB = Verb(
    name="close-collector",
    description="Ends the place to which units uploaded their archives.",
    run=run,
    params=NoParams,
    result=Closed,
    scope=Scope.UNIT,
)
