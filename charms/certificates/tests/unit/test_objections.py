# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What speaks against a request, and what does not."""

import pytest
from charmlibs.interfaces.tls_certificates import CertificateRequestErrorCode as Code
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from hypothesis import given
from hypothesis import strategies as st
from samples import signing_request

from objections import objection


@pytest.mark.parametrize(
    "names, addresses",
    [
        ((), ()),
        (("kafka-0", "kafka_0.local", "*.kafka.local", "a.b.c."), ()),
        ((), ("127.0.0.1", "fd00::1", "192.168.1.2")),
    ],
)
def test_what_is_well_formed_is_signed(names, addresses):
    assert objection(signing_request("kafka-0", *names, addresses=addresses)) is None


@pytest.mark.parametrize(
    "names, addresses, code, words",
    [
        (("*",), (), Code.WILDCARD_NOT_ALLOWED, "too wide"),
        (("*.com",), (), Code.WILDCARD_NOT_ALLOWED, "too wide"),
        (("a.*.com",), (), Code.WILDCARD_NOT_ALLOWED, "too wide"),
        (("not a name",), (), Code.DOMAIN_NOT_ALLOWED, "no domain name"),
        (("-x.local",), (), Code.DOMAIN_NOT_ALLOWED, "no domain name"),
        (("x" * 64 + ".local",), (), Code.DOMAIN_NOT_ALLOWED, "no domain name"),
        (("x." * 130 + "local",), (), Code.DOMAIN_NOT_ALLOWED, "no domain name"),
        ((), ("0.0.0.0",), Code.IP_NOT_ALLOWED, "no machine"),
        ((), ("ff02::1",), Code.IP_NOT_ALLOWED, "no machine"),
    ],
)
def test_a_name_of_nobody_is_refused(names, addresses, code, words):
    against = objection(signing_request("kafka-0", *names, addresses=addresses))
    assert against is not None
    assert against.code is code
    assert words in against.reason


@pytest.mark.parametrize("names", [(), ("kafka-0.local",)])
def test_a_request_without_a_subject_is_refused(names):
    assert "names nobody" in objection(signing_request("", *names)).reason


def test_a_weak_key_is_refused():
    key = rsa.generate_private_key(65537, 1024)
    assert "1024 bits is too weak" in objection(signing_request(key=key)).reason


def test_a_strange_key_is_refused():
    key = dsa.generate_private_key(2048)
    assert "use EC P-256" in objection(signing_request(key=key)).reason


def test_a_request_of_somebody_elses_key_is_refused(csr):
    der = bytearray(x509.load_pem_x509_csr(csr.encode()).public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(serialization.Encoding.PEM)
    assert "not signed by the key" in objection(forged.decode()).reason


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_any_name_is_judged(name):
    against = objection(signing_request("kafka-0", name))
    assert against is None or name in against.reason or repr(name) in against.reason
