# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may ask, and how far a change of passwords is."""

import dataclasses
import itertools

import pytest

from accounts import OWN, PEOPLE, Account, Accounts, advanced, obstacles, relation_holder
from dataops.rotation import Rotation, Sight

_NUMBERS = itertools.count()


def make(user):
    """An account whose password nobody has had before."""
    number = next(_NUMBERS)
    return Account(user, f"password-{number}", f"hash-{number}")


def says(*users):
    return Sight({"day2/0": frozenset(users)}, 0)


def advance(accounts, sights=None, relations=(7,), now=100.0):
    asking = [relation_holder(each) for each in relations]
    return advanced(accounts, asking, sights or {}, make, now)


@pytest.fixture
def first():
    return advance(Accounts())


@pytest.fixture
def changing(first):
    """A change that has begun at 100 s; whoever says nothing has sixty."""
    return advance(first.asking(Rotation("7/rotate/1")))


def test_everybody_has_an_account_of_his_own(first):
    assert list(first.users) == [OWN, PEOPLE, "relation-7"]
    assert len(set(first.passwords.values())) == 3


def test_nothing_changes_while_nothing_is_asked(first):
    assert advance(first) == first


def test_who_leaves_is_not_let_in_any_more(first):
    assert list(advance(first, relations=()).users) == [OWN, PEOPLE]


def test_what_is_written_is_read_again(changing):
    assert Accounts.from_text(changing.to_text()) == changing
    assert Accounts.from_text("") == Accounts()


def test_no_password_is_printed(changing):
    assert "password-" not in repr(changing) and "hash-" not in repr(changing)


def test_a_change_begins_with_a_second_account_beside_each(first, changing):
    assert set(changing.users) == {
        *(OWN, PEOPLE, "relation-7"),
        *(f"{OWN}.2", f"{PEOPLE}.2", "relation-7.2"),
    }
    assert changing.users.items() >= first.users.items()
    assert changing.of(relation_holder(7)).user == "relation-7.2"


def test_the_old_account_goes_once_its_holder_works_with_the_new_one(changing):
    stays = advance(changing, {"relation-7": says("relation-7")})
    assert "relation-7" in stays.users and "relation-7" not in stays.retired
    goes = advance(changing, {"relation-7": says("relation-7.2")})
    assert "relation-7" not in goes.users
    assert goes.retired["relation-7"] == changing.passwords["relation-7"]
    assert "relation-7" in goes.rotation.unproved


def test_people_get_the_time_that_was_given(changing):
    mute = {PEOPLE: Sight({"people": None}, 0)}
    assert PEOPLE in advance(changing, mute, now=159).users
    assert PEOPLE not in advance(changing, mute, now=161).users
    assert "watched for 10 s more" in obstacles(changing, mute, 150)[PEOPLE]


def test_by_force_it_goes_whoever_works_with_it(changing):
    by_force = changing.asking(dataclasses.replace(changing.rotation, force=True))
    assert "relation-7" not in advance(by_force, {"relation-7": says("relation-7")}).users


def test_it_has_ended_once_every_old_password_was_refused(changing):
    gone = advance(changing)
    assert gone.changing and set(gone.retired) == {OWN, PEOPLE, "relation-7"}
    some = gone.proved([OWN])
    assert some.changing and set(some.retired) == {PEOPLE, "relation-7"}
    ended = some.proved([PEOPLE, "relation-7"])
    assert not ended.changing and ended.retired == {}
    assert advance(ended) == ended


def test_a_holder_that_leaves_in_the_middle_is_not_waited_for(changing):
    left = advance(changing, {"relation-7": says("relation-7")}, relations=())
    assert set(left.rotation.changes) == {OWN, PEOPLE}
    assert not left.proved([OWN, PEOPLE]).changing


def test_a_holder_that_comes_in_the_middle_has_nothing_to_change(changing):
    joined = advance(changing, relations=(7, 8))
    assert "relation-8" in joined.users and "relation-8" not in joined.rotation.changes


def test_a_name_is_never_used_again(changing):
    ended = advance(changing).proved([OWN, PEOPLE, "relation-7"])
    again = advance(ended.asking(Rotation("8/rotate/1")))
    assert again.of(OWN).user == f"{OWN}.3"
