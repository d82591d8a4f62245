# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate and its key as Java reads them."""

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from local_authority import Authority

from dataops.certificates import Identity, java_keystore, keystore_password


def test_key_and_chain_are_in_it():
    root = Authority()
    chain, key = root.issue()
    given = Identity(chain=chain + root.pem, key=key, ca=root.pem)
    opened = pkcs12.load_key_and_certificates(
        java_keystore(given), keystore_password(given).encode()
    )
    assert opened[0].public_key() == opened[1].public_key()
    assert [one.subject for one in opened[2]] == [root.name]


def test_another_key_is_another_password():
    root = Authority()
    first, second = (Identity(*root.issue(), ca=root.pem) for _ in range(2))
    assert keystore_password(first) != keystore_password(second)
    with pytest.raises(ValueError):
        pkcs12.load_key_and_certificates(java_keystore(first), keystore_password(second).encode())
