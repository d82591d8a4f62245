# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Roots and certificates that verify."""

import datetime
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store

import authority


def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def verify(root, certificate: str, name: str) -> None:
    """Raises unless the root vouches for the server of that name."""
    store = Store([parsed(root.certificate)])
    verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName(name))
    verifier.verify(parsed(certificate), [])


def test_a_root_is_an_elliptic_curve_authority(root):
    certificate = parsed(root.certificate)
    assert isinstance(certificate.public_key().curve, ec.SECP256R1)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.issuer == certificate.subject
    ssl.create_default_context(cadata=root.certificate)


def test_two_roots_have_two_keys(root):
    assert authority.establish("Test CA", 3650).private_key != root.private_key


def test_a_certificate_carries_the_names_that_were_asked_for(root, csr):
    certificate = parsed(authority.sign(root, csr, 90, is_ca=False))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kafka-0.local"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["10.1.2.3"]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    certificate.verify_directly_issued_by(parsed(root.certificate))
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 90


def test_an_authority_may_be_signed(root, csr):
    certificate = parsed(authority.sign(root, csr, 90, is_ca=True))
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_never_outlives_the_root(csr):
    root = authority.establish("Test CA", 2)
    certificate = parsed(authority.sign(root, csr, 90, is_ca=False))
    # It is reckoned from the moment of the signature, which may be late.
    slack = datetime.timedelta(hours=1)
    assert certificate.not_valid_after_utc <= root.expires + slack


def test_a_prolonged_root_vouches_for_old_certificates_and_the_old_root_for_new(csr):
    old = authority.establish("Test CA", 10)
    new = authority.prolong(old, 100)
    assert new.expires - old.expires > datetime.timedelta(days=89)
    assert new.private_key.strip() == old.private_key.strip()
    before = authority.sign(old, csr, 5, is_ca=False)
    after = authority.sign(new, csr, 5, is_ca=False)
    for root in (old, new):
        for certificate in (before, after):
            verify(root, certificate, "kafka-0.local")


def test_a_stranger_does_not_vouch(root, csr):
    other = authority.establish("Test CA", 10)
    with pytest.raises(x509.verification.VerificationError):
        verify(other, authority.sign(root, csr, 5, is_ca=False), "kafka-0.local")


def test_a_successor_has_a_name_and_a_key_of_its_own(root):
    second = authority.successor(root, 100)
    third = authority.successor(second, 100)
    assert (second.common_name, third.common_name) == ("Test CA G2", "Test CA G3")
    assert len({one.private_key for one in (root, second, third)}) == 3
    longest = authority.successor(authority.establish("x" * 64, 10), 100)
    assert longest.common_name == "x" * 61 + " G2"


def test_who_trusts_the_old_root_alone_verifies_what_the_new_one_signs(root, csr):
    new = authority.successor(root, 100)
    cross = authority.vouch(root, new)
    signed = authority.sign(new, csr, 9, is_ca=False)
    name = x509.DNSName("kafka-0.local")
    for trusted, between in ((root, [parsed(cross)]), (new, [])):
        store = Store([parsed(trusted.certificate)])
        verifier = PolicyBuilder().store(store).build_server_verifier(name)
        verifier.verify(parsed(signed), between)
