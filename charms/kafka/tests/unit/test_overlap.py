# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""However units take turns while one authority follows another, nobody is locked out."""

import dataclasses
import json
import re

from builders import a_cluster, a_peer, but, observed
from hypothesis import given, settings
from hypothesis import strategies as st

import steps
from dataops.certificates import Assigned
from plan import plan

NAMES = ("old", "new")


def block(name):
    return f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n"


def names(text):
    return frozenset(re.findall(r"^(?:old|new)$", text, re.MULTILINE))


def handed_out(node, name, both=False):
    """A certificate of that authority; with `both`, its provider introduces the new one, too."""
    authorities = block(name) + (block("new") if both and name == "old" else "")
    return Assigned(f"{name}-{node}", authorities, f"{name}-{node}", name, 0, 4e9)


@dataclasses.dataclass
class Unit:
    """One unit: its provider's answer, what is on disk, and what its broker works with."""

    node: int
    tls: Assigned
    key: str
    trust: str = block("old")
    serving: str = ""
    trusting: frozenset[str] = frozenset({"old"})
    authorities: str = block("old")
    told: str = '["old"]'

    @property
    def issuer(self):
        return self.serving.partition("-")[0]


class World:
    def __init__(self):
        self.units = [
            Unit(n, handed_out(n, "old"), f"old-{n}", serving=f"old-{n}") for n in range(3)
        ]

    def peers(self):
        return tuple(
            a_peer(one.node, authorities=one.authorities, trusts=frozenset(json.loads(one.told)))
            for one in self.units
        )

    def hook(self, one):
        """One hook: plan and apply, until nothing changes."""
        for _ in range(10):
            before = dataclasses.replace(one)
            for step in plan(self.facts(one)):
                self.apply(one, step)
            self.check()
            if one == before:
                return

    def facts(self, one):
        found = observed(node=one.node, tls=one.tls, peers=self.peers(), cluster=a_cluster(3))
        broker = but(
            found.broker,
            serial=one.serving,
            stores=f"{one.key} {one.trust}",
            loaded=f"{one.serving} {''.join(map(block, sorted(one.trusting)))}",
            trusts=one.trusting,
        )
        same = names(one.trust) == one.trusting and one.key == one.serving
        return but(found, broker=but(broker, loaded=broker.stores if same else broker.loaded))

    def apply(self, one, step):
        if isinstance(step, steps.Note):
            one.authorities = step.values.get("authorities", one.authorities)
            one.told = step.values.get("trusts", one.told) or "[]"
        elif isinstance(step, steps.Configure):
            one.trust = step.secrets.get("truststore.pem", one.trust)
            one.key = step.secrets.get("keystore.pem", one.key)
        elif isinstance(step, steps.ReloadCertificate):
            one.serving, one.trusting = one.key, names(one.trust)

    def check(self):
        """Every broker takes what every other one serves."""
        for server in self.units:
            for client in self.units:
                assert server.issuer in client.trusting, (server, client)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["hook", "renew", "introduce"]), st.integers(0, 2))),
)
def test_no_broker_ever_serves_what_another_does_not_trust(events):
    world = World()
    for what, node in events:
        one = world.units[node]
        if what == "introduce" and one.tls.issuer == "old":
            one.tls = handed_out(node, "old", both=True)
        elif what == "renew":
            one.tls = handed_out(node, "new")
        world.hook(one)
    # Once everybody has a new certificate, and a few hooks have passed, the old one is forgotten.
    for one in world.units:
        one.tls = handed_out(one.node, "new")
    for _ in range(6):
        for one in world.units:
            world.hook(one)
    assert {one.issuer for one in world.units} == {"new"}
    assert {one.trusting for one in world.units} == {frozenset({"new"})}
