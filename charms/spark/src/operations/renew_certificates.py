# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives each unit's pages a new certificate: its processes begin anew, the jobs go on."""

from dataops.certificates import RenewCertificates, Renewed
from dataops.operations import Context, Pending, Scope, Verb
from dataops.rolling import Go, Hold
from observed import Observed
from turns import idle, turn
from workload import Workload

_Context = Context[Observed, Workload, RenewCertificates]


def guard(context: _Context) -> Go | Hold:
    """Only while every job of the unit runs: its processes are about to be started anew."""
    o = context.observed
    if not o.tls.wanted:
        return Go(o.unit, "it takes no certificate")
    if context.workload.site(o).ledger.read():
        return Go(o.unit, "it has begun")
    return turn(context)


def run(context: _Context) -> Renewed:
    """Asks for the certificate, and looks how far it is: the charm's own plan has it served.

    It has not ended before the jobs run again: the next unit begins only then.

    Raises:
        Pending: it is under way.
        OperationError: it cannot be; the old certificate is served.
    """
    o = context.observed
    site = context.workload.site(o)
    waits = idle(o, context.workload)
    if waits and site.ledger.read() and not o.tls.useless:
        raise Pending(waits)
    return site.renew(context)


VERB = Verb(
    name="renew-certificates",
    description="Gives each unit's pages a new certificate; the jobs go on from checkpoints.",
    run=run,
    params=RenewCertificates,
    result=Renewed,
    scope=Scope.ROLLING,
    mutating=True,
    guard=guard,
)
