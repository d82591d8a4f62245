# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import time

import pytest

import authority
from dataops.certificates import parse
from tls import Tls, trusted_everywhere


@dataclasses.dataclass
class Provided:
    certificate: str
    ca: str
    chain: tuple[str, ...] = ()


@pytest.fixture
def root():
    return authority.certificate("root")


def handed_out(root, address="10.0.0.1", **more):
    certificate, key = authority.certificate(above=root, **more)
    return Tls.of(
        Provided(certificate, root[0], (certificate, root[0])), key, address, time.time()
    )


def test_there_is_no_certificate_before_there_is_one():
    assert Tls.of(None, None, "10.0.0.1", 0) is None


def test_the_stores_of_a_certificate(root):
    tls = handed_out(root, address="192.0.2.0")
    leaf, above = parse(tls.keystore)
    assert tls.authorities == root[0] == above.pem
    assert (tls.serial, tls.issuer) == (leaf.serial, above.subject)
    assert tls.expires == leaf.not_after.timestamp() and not tls.objection
    assert "PRIVATE" not in repr(tls)


def test_a_certificate_that_clients_would_refuse_says_why(root):
    assert handed_out(root).objection == "it is for 192.0.2.0, not for 10.0.0.1"
    assert "expired" in handed_out(root, address="192.0.2.0", days=-1).objection


def test_who_says_nothing_is_not_waited_for():
    tls = Tls("", "", "ab", issuer="CN=new")
    silent, old, both = frozenset(), frozenset({"CN=old"}), frozenset({"CN=old", "CN=new"})
    assert trusted_everywhere(tls, [silent, both])
    assert not trusted_everywhere(tls, [both, old])
