# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store's port serves."""

import pytest
from samples import certificate

from dataops.certificates import Served, parse
from operations import list_certificates
from operations.list_certificates import VERB


@pytest.fixture
def asked(monkeypatch):
    """What is asked of ports; each serves a certificate."""
    found = []

    def ask(address, port):
        found.append((address, port))
        return Served(parse(certificate().chain))

    monkeypatch.setattr(list_certificates, "ask_port", ask)
    return found


def listed(observed):
    return VERB.run(VERB.context(observed, None, {})).certificates


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
