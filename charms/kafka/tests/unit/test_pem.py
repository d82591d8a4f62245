# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import socket

import authority
import pem
from dataops.certificates import parse


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
