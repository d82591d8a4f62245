# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import socket

import pytest
from cryptography.hazmat.primitives import serialization

import authority
import pem
from dataops.certificates import parse


@pytest.fixture
def issued():
    return authority.certificate()


def test_a_keystore_holds_a_key_that_kafka_can_read(issued):
    certificate, key = issued
    text = pem.keystore(key, certificate, ())
    assert text.startswith("-----BEGIN PRIVATE KEY-----")
    assert serialization.load_pem_private_key(text.encode(), None)


def test_a_chain_is_in_order_and_without_strangers():
    root = authority.certificate("root")
    middle = authority.certificate("middle", above=root)
    certificate, key = authority.certificate(above=middle)
    stranger, _ = authority.certificate("stranger")
    text = pem.keystore(key, certificate, (certificate, root[0], stranger, middle[0]))
    assert [one.pem for one in parse(text)] == [certificate, middle[0], root[0]]


def test_a_unit_trusts_authorities_and_not_itself(issued):
    certificate, _ = issued
    root, _ = authority.certificate("root")
    assert pem.truststore(root, certificate, (certificate, root)) == root


def test_what_a_port_shows_is_the_certificate_s(tmp_path):
    with authority.port(tmp_path) as (port, certificate):
        seen = pem.shown("127.0.0.1", port)
    (read,) = parse(certificate)
    assert seen == pem.Shown(read.serial, read.not_after.timestamp())


def test_a_silent_port_serves_nothing():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert pem.shown("127.0.0.1", port, patience=0.1) == pem.Shown()


def test_a_closed_port_serves_nothing():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert pem.shown("127.0.0.1", port) == pem.Shown()


def test_authorities_of_several_stores_are_there_once():
    one, other = (authority.certificate(name)[0] for name in "ab")
    assert pem.merged(one, "", other + one) == one + other
