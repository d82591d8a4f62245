# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where clients, brokers and Prometheus reach this cluster."""

from dataops.operations import Context, NoParams, Result, Verb
from listeners import CLIENT_PORT, CONTROLLER_PORT, INTERNAL_PORT, METRICS_PORT
from observed import Observed
from workload import Workload


class Listener(Result):
    """One kind of listener.

    Attributes:
        addresses: `host:port` of every unit.
        security: how one gets in.
    """

    addresses: tuple[str, ...]
    security: str


class Listeners(Result):
    """Every kind of listener."""

    client: Listener
    internal: Listener
    controller: Listener
    metrics: Listener


def run(context: Context[Observed, Workload, NoParams]) -> Listeners:
    """Reads what the units tell each other."""
    hosts = [peer.address for peer in context.observed.peers if peer.address]

    def at(port: int, security: str) -> Listener:
        return Listener(addresses=tuple(f"{host}:{port}" for host in hosts), security=security)

    return Listeners(
        client=at(CLIENT_PORT, "SASL_SSL with SCRAM-SHA-512"),
        internal=at(INTERNAL_PORT, "TLS with a broker's certificate"),
        controller=at(CONTROLLER_PORT, "TLS with a broker's certificate"),
        metrics=at(METRICS_PORT, "plain HTTP, path /metrics"),
    )


VERB = Verb(
    name="get-listeners",
    description="Where clients, brokers and Prometheus reach this cluster.",
    run=run,
    params=NoParams,
    result=Listeners,
)
