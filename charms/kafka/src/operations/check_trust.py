# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until this unit's broker trusts an authority, or trusts it no more."""

from dataops.certificates import CheckTrust, Trust
from dataops.operations import Context, OperationError, Pending, Verb
from listeners import LISTENERS
from observed import Observed
from workload import Workload


def run(context: Context[Observed, Workload, CheckTrust]) -> Trust:
    """What the broker has loaded, and what its ports say of it."""
    o, params = context.observed, context.params
    if not o.broker.listening:
        raise OperationError(f"The broker of {o.unit} serves nobody: see juju status {o.app}")
    stores = context.workload.broker.stores
    if o.broker.loaded != o.broker.stores or not o.broker.proved:
        raise Pending(o.setback or "the broker is loading whom to trust")
    if (params.authority in o.broker.trusts) is not params.trusted:
        state = "not trusted yet" if params.trusted else "still trusted"
        raise Pending(f"{params.authority} is {state}")
    names = frozenset(one.name for one in stores.authorities)
    for listener, port in LISTENERS.items():
        served = stores.ask(o.address, port)
        if served is None or (served.accepts and served.accepts != names):
            raise Pending(f"port {port} ({listener}) does not accept the same authorities yet")
    said = "is trusted" if params.trusted else "is not trusted any more"
    return Trust(
        summary=f"{params.authority} {said} on {len(LISTENERS)} ports",
        trusts=tuple(sorted(o.broker.trusts)),
    )


VERB = Verb(
    name="check-trust",
    description="Waits until this unit trusts an authority, or trusts it no more.",
    run=run,
    params=CheckTrust,
    result=Trust,
)
