# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hashlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import PublicKey, SigningKey

KEY = SigningKey.generate()


@given(st.binary(max_size=200))
def test_what_one_half_signs_the_other_verifies(content):
    assert KEY.public.verifies(content, KEY.sign(content))
    assert not KEY.public.verifies(content + b"!", KEY.sign(content))


def test_another_key_does_not():
    assert not SigningKey.generate().public.verifies(b"x", KEY.sign(b"x"))


def test_a_key_survives_its_text_form():
    again = SigningKey.of(KEY.to_pem())
    assert again.public == KEY.public
    assert again.sign(b"x") == KEY.sign(b"x")


def test_the_fingerprint_is_what_openssl_gives():
    asked = ["openssl", "pkey", "-pubin", "-outform", "DER"]
    der = subprocess.run(asked, input=KEY.public.pem.encode(), capture_output=True, check=True)
    assert KEY.public.fingerprint == hashlib.sha256(der.stdout).hexdigest()


def test_the_private_half_shows_in_no_text():
    assert "PRIVATE" not in repr(KEY)
    assert "object" not in repr(KEY)


@pytest.mark.parametrize("text", ["", "hush-hush", KEY.public.pem])
def test_what_is_no_key_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match="no Ed25519 key") as caught:
        SigningKey.of(text)
    assert not text or text not in str(caught.value)


def test_a_public_key_that_is_none_verifies_nothing():
    assert not PublicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").verifies(
        b"x", KEY.sign(b"x")
    )
