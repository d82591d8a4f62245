# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.rotation import BY_HAND, Change, Rotation, Sight, obstacle, seen_again

CHANGE = Change("relation-7", "relation-7.2", seen=100)


def test_what_is_written_is_read_again():
    rotation = Rotation("7/rotate/1", 30, True, 5, changes={"relation-7": CHANGE})
    assert Rotation.from_text(rotation.to_text()) == rotation
    assert Rotation.from_text("") is None


def test_it_is_finished_when_every_old_password_was_refused():
    assert not Rotation("t").finished
    rotation = Rotation("t", began=1, changes={"relation-7": CHANGE})
    assert not rotation.finished and not rotation.unproved
    gone = Rotation("t", began=1, changes={"relation-7": Change("a", "b", 1, gone=True)})
    assert gone.unproved == ("relation-7",)
    assert gone.proved("relation-7").finished and not gone.proved("relation-7").unproved


def test_a_task_is_answered_once_and_a_person_may_ask_again():
    done = Rotation("7/rotate/1", began=1)
    assert done.answers(Rotation("7/rotate/1")) and not done.answers(Rotation("8/rotate/1"))
    assert done.answers(Rotation("7/rotate/2", force=True))
    assert not done.answers(Rotation("7/again/1"))
    assert Rotation(BY_HAND, began=1).answers(Rotation(BY_HAND))
    assert not Rotation(BY_HAND, began=1, told=True).answers(Rotation(BY_HAND))
    assert not Rotation(BY_HAND).answers(Rotation(BY_HAND, force=True))


@pytest.mark.parametrize(
    ("accepted", "busy", "why"),
    [
        ({"a/0": frozenset({"relation-7.2"})}, 0, ""),
        ({"a/0": frozenset({"relation-7"})}, 0, "a/0 has not taken its new credentials"),
        ({"a/0": frozenset({"relation-7", "relation-7.2"})}, 0, "a/0 has not taken"),
        ({"a/0": frozenset({"relation-7.2"}), "a/1": frozenset()}, 0, ""),
        ({"a/0": frozenset({"relation-7.2"})}, 0.1, "relation-7 still works with the brokers"),
        ({"a/0": frozenset({"relation-7.2"})}, None, "not every broker"),
        ({"a/0": None}, 0, "a/0 does not say what it works with: watched for 10 s more"),
        ({}, 0, ""),
    ],
)
def test_why_an_old_user_stays(accepted, busy, why):
    found = obstacle(CHANGE, Sight(accepted, busy), quiet=60, now=150)
    assert (why in found) if why else not found


def test_silence_counts_from_the_last_sign_of_life():
    assert seen_again(CHANGE, Sight({}, 0), 150).seen == 100
    assert seen_again(CHANGE, Sight({}, 0.2), 150).seen == 150
    assert seen_again(CHANGE, Sight({}, None), 150).seen == 150
    assert not obstacle(CHANGE, Sight({"a/0": None}, 0), quiet=60, now=160)


def test_who_says_nothing_has_to_let_the_old_credentials_go_first():
    at_rest = {"a/0": None, "a/1": frozenset({"new"})}
    told = obstacle(CHANGE, Sight(at_rest, 0, held=True), quiet=60, now=10_000)
    assert told == "a/0 has not read its new credentials"
    assert not obstacle(CHANGE, Sight(at_rest, 0, held=False), quiet=60, now=10_000)
    # Who says what it works with is believed.
    assert not obstacle(CHANGE, Sight({"a/1": frozenset({"new"})}, 0, held=True), 60, 10_000)


def test_letting_go_is_written_down():
    begun = Rotation("t", began=1, changes={"c": CHANGE})
    told = Rotation.from_text(begun.released("c").to_text())
    assert told and told.changes["c"].released and not told.finished
