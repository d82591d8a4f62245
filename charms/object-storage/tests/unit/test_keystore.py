# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate and its key as Java reads them."""

import dataclasses

from cryptography.hazmat.primitives.serialization import pkcs12
from samples import certificate

from keystore import java_keystore


def test_key_and_chain_are_in_it():
    alone, above = certificate(), certificate()
    given = dataclasses.replace(alone, chain=alone.chain + above.chain)
    key, leaf, others = pkcs12.load_key_and_certificates(java_keystore(given, "pass"), b"pass")
    assert key.public_key() == leaf.public_key()
    assert len(others) == 1
