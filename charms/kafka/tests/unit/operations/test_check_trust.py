# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import but, observed

import authority
from dataops.certificates import Served, parse
from dataops.operations import Context, OperationError, Pending
from operations.check_trust import VERB, CheckTrust

(ROOT,) = parse(authority.certificate("root")[0])


class Workload:
    """Its ports that want a client's certificate accept these."""

    def __init__(self, accepts=frozenset({ROOT.name})):
        self.broker = self.stores = self
        self.authorities, self.accepts = (ROOT,), accepts

    def ask(self, address, port):
        return Served((ROOT,), self.accepts if port != 9093 else frozenset())


def call(found=None, workload=None, **params):
    given = CheckTrust(authority="CN=CA", **params)
    return VERB.run(Context(found or observed(), workload or Workload(), given))


def serving(**more):
    found = observed()
    return but(found, broker=but(found.broker, **more))


def test_a_trusted_authority_is_proved_on_every_port():
    assert call().summary == "CN=CA is trusted on 3 ports"


@pytest.mark.parametrize(
    ("broker", "params", "why"),
    [
        ({"trusts": frozenset()}, {}, "not trusted yet"),
        ({}, {"trusted": False}, "still trusted"),
        ({"stores": "s2"}, {}, "loading whom to trust"),
        ({"proved": {}}, {}, "loading whom to trust"),
    ],
)
def test_it_waits_until_it_is_so(broker, params, why):
    with pytest.raises(Pending, match=why):
        call(serving(**broker), **params)


def test_only_the_ports_know():
    with pytest.raises(Pending, match="port 19093"):
        call(workload=Workload(frozenset({b"other"})))


def test_a_broker_that_serves_nobody_proves_nothing():
    with pytest.raises(OperationError, match="serves nobody"):
        call(serving(listening=False))
