# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from builders import but, observed

import authority
from dataops.certificates import Served, parse
from dataops.operations import Context, NoParams
from operations.list_certificates import VERB


class Stores:
    def __init__(self):
        self.authorities = parse(authority.certificate("root")[0])
        self.asked = []

    def ask(self, address, port):
        self.asked.append((address, port))
        return Served(parse(authority.certificate()[0])) if port != 9097 else None


class Workload:
    def __init__(self):
        self.broker = self
        self.stores = Stores()


def test_every_port_is_asked_and_a_silent_one_is_listed():
    workload = Workload()
    found = VERB.run(Context(observed(), workload, NoParams()))
    assert workload.stores.asked == [("10.0.0.1", 9093), ("10.0.0.1", 19093), ("10.0.0.1", 9097)]
    client, internal, controller = found.certificates
    assert (client.unit, client.listener, client.sans) == ("kafka/0", "client", ("192.0.2.0",))
    assert client.trusts == ("CN=root",) and client.serial != internal.serial
    assert controller.problem and controller.not_after is None


def test_a_unit_without_a_certificate_serves_none():
    workload, found = Workload(), observed()
    young = but(found, broker=but(found.broker, stores=""))
    assert not workload.stores.asked
    told = VERB.run(Context(young, workload, NoParams()))
    assert all(one.problem for one in told.certificates)
