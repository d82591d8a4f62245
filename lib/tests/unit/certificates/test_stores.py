# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from local_authority import PEM, Authority

from dataops.certificates import keystore, merged, parse, truststore

ROOT = Authority("root")
BLOCKS = [Authority(name).pem for name in "abcd"]


def test_a_keystore_holds_a_key_that_kafka_can_read():
    certificate, key = ROOT.issue()
    loaded = serialization.load_pem_private_key(key.encode(), None)
    old = serialization.PrivateFormat.TraditionalOpenSSL
    older = loaded.private_bytes(PEM, old, serialization.NoEncryption()).decode()
    text = keystore(older, certificate, ())
    assert text.startswith("-----BEGIN PRIVATE KEY-----")
    assert serialization.load_pem_private_key(text.encode(), None)


def test_a_chain_is_in_order_and_without_strangers():
    middle = Authority("middle", above=ROOT)
    certificate, key = middle.issue()
    text = keystore(key, certificate, (certificate, ROOT.pem, BLOCKS[0], middle.pem))
    assert [one.pem for one in parse(text)] == [certificate, middle.pem, ROOT.pem]


def test_a_unit_trusts_authorities_and_not_itself():
    certificate, _ = ROOT.issue()
    assert truststore(ROOT.pem, certificate, (certificate, ROOT.pem)) == ROOT.pem


@given(st.lists(st.lists(st.sampled_from(BLOCKS), max_size=4), max_size=4))
def test_authorities_of_several_stores_are_there_once_and_in_order(stores):
    texts = ["".join(store) for store in stores]
    told = [block for store in stores for block in store]
    assert merged(*texts) == "".join(dict.fromkeys(told))
    # Again changes nothing, whatever else the text holds.
    assert merged("no certificate", merged(*texts)) == merged(*texts)
