# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may use the store, with which keys."""

from hypothesis import given
from hypothesis import strategies as st

from keyring import ADMIN, Key, Keyring

OWNERS = st.sets(st.integers(0, 99).map("relation-{}".format), max_size=5)


@given(OWNERS)
def test_it_is_read_as_it_was_written(owners):
    ring = Keyring().agreed(owners, now=5).rotated(until=10)
    assert Keyring.read(ring.write()) == ring
    # As Juju demands of the names of a secret's values.
    assert all(name.replace("-", "").isalnum() and name.islower() for name in ring.write())


@given(OWNERS, OWNERS)
def test_everybody_who_is_there_has_keys_and_nobody_else(before, after):
    ring = Keyring().agreed(before, now=0)
    agreed = ring.agreed(after, now=0)
    assert set(agreed.keys) == after | {ADMIN}
    kept = set(ring.keys) & set(agreed.keys)
    assert all(agreed.keys[owner] == ring.keys[owner] for owner in kept)
    assert agreed.agreed(after, now=0) == agreed


def test_no_two_keys_are_alike():
    made = [Key.make() for _ in range(50)]
    assert len({key.access for key in made}) == len({key.secret for key in made}) == 50
    assert all(len(key.access) == 20 and len(key.secret) == 40 for key in made)
    assert made[0].secret not in repr(made[0])


def test_after_a_rotation_both_are_good_for_a_while():
    before = Keyring().agreed({"relation-7"}, now=0)
    during = before.rotated(until=100)
    assert during.keys["relation-7"] != before.keys["relation-7"]
    assert during.keys["relation-7-old"].access == before.keys["relation-7"].access
    assert len(during.accepted) == 4
    assert during.next_end == 100
    assert during.agreed({"relation-7"}, now=99) == during
    after = during.agreed({"relation-7"}, now=100)
    assert set(after.keys) == {ADMIN, "relation-7"}
    assert after.next_end == 0


def test_who_leaves_takes_the_old_keys_along():
    ring = Keyring().agreed({"relation-7"}, now=0).rotated(until=100)
    assert set(ring.agreed(set(), now=1).keys) == {ADMIN, "admin-old"}
