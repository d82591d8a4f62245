# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the units tell each other."""

import dataclasses

import ops
import pytest
from factory import AGREEMENT, observed
from ops import testing

import peers as module
import rpc_secret
from agreement import Agreement
from dataops.certificates import TlsState
from dataops.rotation import Rotation
from peers import Peers
from rpc_login import SilentError

META = {"name": "spark", "peers": {"peers": {"interface": "spark_peers"}}}
BEGUN = rpc_secret.begun(Rotation("action", quiet=60), 1, 100)


@pytest.fixture
def unit():
    """A context whose charm has the leader's end of the peer relation."""
    context = testing.Context(ops.CharmBase, meta=META)
    state = testing.State(leader=True, relations={testing.PeerRelation("peers")})
    with context(context.on.update_status(), state) as manager:
        yield manager.charm


def bag(charm):
    relation = charm.model.get_relation("peers")
    return relation.data[charm.unit], relation.data[charm.app]


def test_the_end_of_a_certificate_comes_and_goes_with_it(unit, certificate):
    end = certificate.leaf.not_after.timestamp()
    tls = TlsState(wanted=True, kept=certificate)
    Peers(unit).tell(observed(tls=tls, ends={"spark/0": end}))
    assert bag(unit)[0]["certificate-end"] == f"{end:.0f}"
    assert bag(unit)[0]["works-with"] == "rpc.1"
    Peers(unit).tell(observed())
    assert "certificate-end" not in bag(unit)[0]


def test_the_leader_writes_the_agreement_once(unit):
    facts = observed(agreement=Agreement())
    assert Peers(unit).agree(facts)
    made = Agreement.read(bag(unit)[1])
    assert made.master == facts.address and made.secret
    assert not Peers(unit).agree(dataclasses.replace(facts, agreement=made))


@pytest.mark.parametrize("visitors", [{"notebook/0": frozenset({"rpc.1"})}, {"notebook/0": None}])
def test_nothing_is_proved_while_a_driver_elsewhere_has_the_old_secret(
    unit, monkeypatch, visitors
):
    monkeypatch.setattr(module, "accepts", lambda *_: pytest.fail("nobody is asked yet"))
    monkeypatch.setattr(module.time, "time", lambda: 101)
    agreement = AGREEMENT.changed(BEGUN, 2)
    facts = observed(
        agreement=agreement, works_with={"spark/0": "rpc.2"}, visitors=visitors, old_secret="old"
    )
    assert not Peers(unit).prove(facts)


def test_a_process_that_does_not_answer_proves_nothing(unit, monkeypatch):
    def silent(address, port, secret):
        raise SilentError(f"{address}:{port}")

    monkeypatch.setattr(module, "accepts", silent)
    agreement = AGREEMENT.changed(BEGUN, 2)
    facts = observed(agreement=agreement, works_with={"spark/0": "rpc.2"}, old_secret="old")
    assert not Peers(unit).prove(facts)
