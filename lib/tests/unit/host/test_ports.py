# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A port that somebody listens on is not free, and says so."""

import socket

import pytest

from dataops.host.ports import bind_failure, free_port


def test_a_port_is_free_until_somebody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "in use" in bind_failure("127.0.0.1", taken.getsockname()[1])
    assert bind_failure("127.0.0.1", 0) == ""


def test_an_address_of_another_machine_is_told():
    assert bind_failure("192.0.2.1", 0)


def test_a_free_port_can_be_had():
    with socket.create_server(("127.0.0.1", free_port("127.0.0.1"))):
        pass


def test_an_address_of_another_machine_has_none():
    with pytest.raises(OSError, match=r"192\.0\.2\.1: Cannot assign"):
        free_port("192.0.2.1")
