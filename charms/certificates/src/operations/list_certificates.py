# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The roots of this authority: they are served nowhere, and end all the same."""

from collections.abc import Iterator

from dataops.certificates import Entry, Inventory, entry, parse
from dataops.operations import Context, NoParams, Scope, Verb
from observed import Observed
from registry import Registry


def run(context: Context[Observed, Registry, NoParams]) -> Inventory:
    """Every root that counts now."""
    return Inventory.of(_entries(context.observed))


def _entries(o: Observed) -> Iterator[Entry]:
    if o.roots is None:
        return
    coming = o.roots.next.certificate if o.roots.next else ""
    found = {"root": o.roots.current.certificate, "next root": coming, "old root": o.roots.old}
    for what, text in found.items():
        for one in parse(text):
            yield entry(f"{o.application}/leader", "", 0, one, now=o.now, listener=what)


VERB = Verb(
    name="list-certificates",
    description="The roots of this authority, and until when they are good.",
    run=run,
    params=NoParams,
    result=Inventory,
    scope=Scope.LEADER,
)
