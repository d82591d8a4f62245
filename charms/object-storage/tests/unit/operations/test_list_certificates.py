# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store's port serves."""

import pytest
from samples import certificate, tls

from dataops.certificates import Served, TlsState, parse, renewal
from dataops.testing import FakeServices
from operations.list_certificates import VERB
from workload import Workload


class Desk:
    """As the charm's own workload, without a process."""

    requester, server = None, FakeServices()
    server.process = None
    site = Workload.site


@pytest.fixture
def asked(monkeypatch):
    """What is asked of ports; each serves a certificate."""
    found = []

    def ask(address, port):
        found.append((address, port))
        return Served(parse(certificate().chain))

    monkeypatch.setattr(renewal, "ask_port", ask)
    return found


def listed(observed):
    return VERB.run(VERB.context(observed, Desk(), {})).certificates


def test_the_port_itself_is_asked(facts, asked):
    (found,) = listed(facts(tls=tls()))
    assert asked == [("127.0.0.1", 9000)]
    assert (found.unit, found.listener, found.port) == ("object-storage/0", "s3", 9000)
    assert found.serial and not found.problem


def test_a_certificate_that_is_waited_for_is_a_problem(facts, asked):
    (found,) = listed(facts(tls=TlsState(wanted=True)))
    assert found.problem and not asked


def test_a_store_that_serves_http_has_none(facts, asked):
    assert listed(facts()) == () and not asked
