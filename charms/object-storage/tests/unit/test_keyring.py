# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may use the store, with which keys."""

from hypothesis import given
from hypothesis import strategies as st

from dataops.rotation import Rotation, Sight
from keyring import ADMIN, Key, Keyring

OWNERS = st.sets(st.integers(0, 99).map("relation-{}".format), max_size=5)
ASKED = Rotation("1/rotate/1", quiet=60)


def begun(*owners, now=0.5, **terms):
    asked = Rotation("1/rotate/1", **{"quiet": 60, **terms})
    return Keyring().agreed(owners, {}, 0).asking(asked).agreed(owners, {}, now)


def says(*accesses):
    return {"relation-7": Sight({"kafka/0": frozenset(accesses)}, 0)}


@given(OWNERS)
def test_it_is_read_as_it_was_written(owners):
    ring = Keyring().agreed(owners, {}, now=5)
    during = ring.asking(Rotation("1/rotate/1", quiet=0, force=True)).agreed(owners, {}, now=6)
    gone = during.agreed(owners, {}, now=7)
    assert gone.retired and during.old
    for each in (ring, during, gone, gone.proved(["admin"])):
        assert Keyring.read(each.write()) == each
        # As Juju demands of the names of a secret's values.
        assert all(name.replace("-", "").isalnum() and name.islower() for name in each.write())


@given(OWNERS, OWNERS)
def test_everybody_who_is_there_has_keys_and_nobody_else(before, after):
    ring = Keyring().agreed(before, {}, now=0)
    agreed = ring.agreed(after, {}, now=0)
    assert set(agreed.keys) == after | {ADMIN}
    kept = set(ring.keys) & set(agreed.keys)
    assert all(agreed.keys[owner] == ring.keys[owner] for owner in kept)
    assert agreed.agreed(after, {}, now=0) == agreed


def test_no_two_keys_are_alike():
    made = [Key.make() for _ in range(50)]
    assert len({key.access for key in made}) == len({key.secret for key in made}) == 50
    assert all(len(key.access) == 20 and len(key.secret) == 40 for key in made)
    assert made[0].secret not in repr(made[0])


def test_both_are_good_until_the_owner_says_that_it_works_with_the_new_ones():
    before = Keyring().agreed(["relation-7"], {}, 0)
    during = before.asking(ASKED).agreed(["relation-7"], {}, 1)
    assert during.old == before.keys and len(during.accepted) == 4
    old, new = during.old["relation-7"].access, during.keys["relation-7"].access
    told = during.obstacles(says(old), 2)
    assert told["relation-7"] == "kafka/0 has not taken its new credentials"
    assert "watched for 59 s more" in told["admin"]
    # A job that began with the old ones works on with them.
    assert set(during.agreed(["relation-7"], says(old, new), 2).old) == {"relation-7", "admin"}
    half = during.agreed(["relation-7"], says(new), 2)
    assert set(half.old) == {"admin"} and half.changing
    assert half.retired["relation-7"].access == old and len(half.accepted) == 3
    done = half.agreed(["relation-7"], says(new), 61)
    assert not done.old and done.rotation.unproved == ("admin", "relation-7")
    proved = done.proved(done.rotation.unproved)
    assert not proved.changing and not proved.retired and proved.keys == during.keys


def test_by_force_they_go_at_once():
    ring = begun("relation-7", force=True)
    old = ring.old["relation-7"].access
    assert not ring.agreed(["relation-7"], says(old), 1).old


def test_who_leaves_in_the_middle_takes_the_old_keys_along():
    left = begun("relation-7").agreed([], {}, 1)
    assert set(left.keys) == set(left.old) == set(left.rotation.changes) == {ADMIN}


def test_a_second_change_waits_for_nobody_of_the_first():
    ring = begun("relation-7", quiet=0).agreed(["relation-7"], {}, 1)
    again = ring.proved(ring.rotation.unproved).asking(ASKED).agreed(["relation-7"], {}, 2)
    assert again.old == ring.keys and not again.retired and len(set(again.secrets)) == 4


def test_no_secret_key_is_in_what_the_databag_or_a_report_may_hold():
    ring = begun("relation-7")
    assert not [word for word in ring.secrets if word in ring.rotation.to_text() + repr(ring)]
