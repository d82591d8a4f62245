# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives this unit a new certificate without a restart, and has every port prove it."""

from __future__ import annotations

import dataclasses

from dataops.certificates import RenewCertificates, Renewed, RenewedPort, Served, refusal
from dataops.certificates.renewal import Renewal
from dataops.operations import Context, OperationError, Pending, Scope, Verb
from dataops.rolling import Go, Hold
from listeners import CLIENT_PORT, LISTENERS
from observed import Observed
from workload import Workload

RenewContext = Context[Observed, Workload, RenewCertificates]


def run(context: RenewContext) -> Renewed:
    """Asks for the certificate, and looks how far it is: the charm's own plan loads it."""
    o, workload = context.observed, context.workload
    if not o.certified:
        raise OperationError(
            f"No certificates provider is related, and the old certificate of {o.unit} is served: "
            f"juju integrate {o.app}:certificates <certificates provider>, then run this again"
        )
    renewal = _begun(context)
    if o.tls and o.tls.serial == renewal.serial:
        workload.requester.request(new_key=context.params.new_key)
        raise Pending("a new certificate is asked for")
    if o.denied:
        _tell_once(workload, renewal)
        raise OperationError(
            f"The certificates provider refuses the request of {o.unit}: {o.denied}. "
            "The old certificate is served; correct it, then run this again"
        )
    if o.tls is None:
        raise Pending("waits for the certificates provider to sign the request")
    if o.tls.comes(o.now):
        raise Pending(o.tls.objection)
    if o.tls.objection:
        _tell_once(workload, renewal)
        raise OperationError(
            f"The certificate for {o.unit} is not used, because {o.tls.objection}. The old one is "
            "served; correct the certificates provider, then run this again"
        )
    if o.broker.loaded != o.broker.stores or o.broker.serial != o.tls.serial:
        raise Pending(o.setback or "the broker is loading its new certificate")
    return _proved(o, workload, renewal)


def _begun(context: RenewContext) -> Renewal:
    """The renewal, begun if there is none; one that was not ended is joined."""
    o, workload = context.observed, context.workload
    renewal = workload.renewals.read()
    if renewal is None:
        if not o.broker.listening:
            raise OperationError(f"The broker of {o.unit} serves nobody: see juju status {o.app}")
        trust = workload.broker.stores.truststore.read_text()
        process = workload.broker.process
        renewal = Renewal(context.task, o.broker.serial, trust, process)
        workload.renewals.write(renewal)
    elif renewal.told or renewal.task != context.task:
        useless = bool(o.tls and o.tls.objection and not o.tls.comes(o.now))
        if o.denied or useless:
            # The last answer was of no use; nothing but another request gets another one.
            workload.requester.request(new_key=True)
        renewal = dataclasses.replace(renewal, task=context.task, told=False)
        workload.renewals.write(renewal)
        if o.tls is None or useless:
            raise Pending("a new certificate is asked for")
    return renewal


def _tell_once(workload: Workload, renewal: Renewal) -> None:
    """Whoever calls next, be it the same person, begins with another request."""
    workload.renewals.write(dataclasses.replace(renewal, told=True))


def _proved(o: Observed, workload: Workload, renewal: Renewal) -> Renewed:
    """What the ports say, all of them, and to a client of before."""
    stores, address = workload.broker.stores, o.address
    ports: list[RenewedPort] = []
    for listener, port in LISTENERS.items():
        served = stores.ask(address, port)
        serial = served.leaf.serial if served else "none"
        if served is None or serial == renewal.serial or serial != stores.leaf.serial:
            raise Pending(f"port {port} ({listener}) serves {serial}")
        keystore = None if port == CLIENT_PORT else stores.keystore
        if why := refusal(address, port, renewal.trust, keystore=keystore):
            raise OperationError(
                f"Who trusts what was trusted before the renewal cannot talk to {address}:{port}: "
                f"{why}. Hand the new authority to clients: juju run <certificates provider> "
                "get-ca-certificate"
            )
        ports.append(_port(listener, port, served))
    workload.renewals.clear()
    restarted = workload.broker.process != renewal.process
    summary = (
        f"Every port serves {ports[0].serial} until {ports[0].not_after:%Y-%m-%d %H:%M}"
        f"{', after a restart' if restarted else ', without a restart'}"
    )
    return Renewed(
        summary=summary,
        old=renewal.serial,
        serial=ports[0].serial,
        restarted=restarted,
        ports=tuple(ports),
    )


def _port(listener: str, port: int, served: Served) -> RenewedPort:
    leaf = served.leaf
    return RenewedPort(
        listener=listener,
        port=port,
        serial=leaf.serial,
        issuer=leaf.issuer,
        not_after=leaf.not_after,
    )


def guard(context: RenewContext) -> Go | Hold:
    """One unit after the other, and only while nothing else is wrong."""
    o = context.observed
    if context.workload.renewals.read():
        return Go(because="it has begun")
    if o.cluster is None:
        return Hold("the cluster does not answer")
    short = sum(part.short for part in o.cluster.partitions)
    if short:
        return Hold(f"{short} partitions have a copy less")
    return Go(because="every partition has all of its copies")


VERB = Verb(
    name="renew-certificates",
    description="Gives each unit a new certificate without a restart; every port proves it.",
    run=run,
    params=RenewCertificates,
    result=Renewed,
    scope=Scope.ROLLING,
    mutating=True,
    guard=guard,
)
