# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Brokers as a client from outside sees them."""

import pytest

from brokers import greet


def test_a_plain_broker_answers(broker):
    endpoint = broker().endpoint
    assert greet(endpoint, tls=False, ca="") == f"{endpoint} answers"


def test_a_secure_broker_proves_who_it_is(broker):
    secure = broker(tls=True)
    assert "answers by TLSv1.3" in greet(secure.endpoint, tls=True, ca=secure.ca)


def test_a_stranger_is_not_believed(broker):
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        greet(broker(tls=True).endpoint, tls=True, ca=broker(tls=True).ca)


def test_a_silent_one_is_an_error(broker):
    gone = broker()
    gone.close()
    with pytest.raises(OSError, match="refused"):
        greet(gone.endpoint, tls=False, ca="")
