# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hashlib

import pytest

from dataops.backup.sealed import Key, SealError, WrongKeyError

KEY = Key.new()
DATA = b"salted password"
NAME = hashlib.sha256(DATA).hexdigest()


def test_what_is_sealed_opens_with_the_key_alone() -> None:
    sealed = KEY.seal(DATA, NAME)
    assert DATA not in sealed
    assert KEY.unseal(sealed, NAME, KEY.id) == DATA
    assert Key.of(KEY.text) == KEY


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    assert KEY.seal(DATA, NAME) != KEY.seal(DATA, NAME)


def test_another_key_is_named_by_its_id_and_never_told() -> None:
    other = Key.new()
    with pytest.raises(
        WrongKeyError, match=f"sealed with key {KEY.id}, and this is key {other.id}"
    ):
        other.unseal(KEY.seal(DATA, NAME), NAME, KEY.id)
    assert KEY.text not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


def test_a_replaced_key_seals_no_more_and_still_opens() -> None:
    first = KEY.replaced()
    second = Key.of(first.replaced().text)
    assert second.ids == (second.id, first.id, KEY.id) and len(set(second.ids)) == 3
    assert second.unseal(KEY.seal(DATA, NAME), NAME, KEY.id) == DATA
    sealed = second.seal(DATA, NAME)
    with pytest.raises(WrongKeyError, match=second.id):
        first.unseal(sealed, NAME, second.id)
    assert second.unseal(sealed, NAME, second.id) == DATA
    assert len(second.words) == 3 and not [word for word in second.words if word in repr(second)]


@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_flipped_bit_is_seen(position: int) -> None:
    sealed = bytearray(KEY.seal(DATA, NAME))
    sealed[position] ^= 1
    with pytest.raises(SealError, match="altered or damaged"):
        KEY.unseal(bytes(sealed), NAME, KEY.id)


def test_an_object_does_not_open_under_the_name_of_another() -> None:
    with pytest.raises(SealError, match="altered or damaged"):
        KEY.unseal(KEY.seal(DATA, NAME), "0" * 64, KEY.id)


@pytest.mark.parametrize(
    "text",
    ["", "x", "c2hvcnQ=", "ä" * 44, f"{KEY.text} x"],
    ids=["empty", "letter", "short", "no base64", "no second one"],
)
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SealError, match="32 bytes in base64") as caught:
        Key.of(text)
    assert not text or f"{text!r}" not in str(caught.value)
