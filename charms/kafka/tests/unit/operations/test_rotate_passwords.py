# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from types import SimpleNamespace

import pytest
from builders import but, observed, request

from dataops.operations import Context, OperationError, Pending
from dataops.rotation import BY_HAND, Change, Rotation
from operations.rotate_passwords import VERB, RotatePasswords

CHANGE = Change("relation-7", "relation-7.2", seen=1, gone=True, refused=True)
DONE = Rotation("7/rotate/1", began=1, changes={"relation-7": CHANGE})


class Desk:
    def __init__(self, **keys):
        self.agreed = {}
        self.backup_keys = SimpleNamespace(**{"uri": "", "given": False, **keys})

    def agree(self, values):
        self.agreed.update(values)


def call(rotation=None, task="", desk=None, silent=False, **terms):
    o = observed(requests=(request(),), passwords={"relation-7": "a", "relation-7.2": "hush"})
    o = but(o, agreement=but(o.agreement, rotation=rotation))
    o = but(o, cluster=None) if silent else o
    return VERB.run(Context(o, desk or Desk(), RotatePasswords(**terms), task=task))


def test_the_first_call_writes_down_what_is_wanted():
    desk = Desk()
    with pytest.raises(Pending, match="new credentials are being made"):
        call(task="7/rotate/1", desk=desk, quiet=5)
    assert Rotation.from_text(desk.agreed["rotation"]) == Rotation("7/rotate/1", quiet=5)


def test_a_finished_task_says_what_was_changed_and_no_secret():
    result = call(DONE, task="7/rotate/1")
    (changed,) = result.credentials
    assert (changed.old, changed.new, changed.refused) == ("relation-7", "relation-7.2", True)
    assert len(changed.fingerprint) == 8 and "hush" not in result.model_dump_json()


def test_while_it_runs_the_reason_is_told():
    waiting = but(DONE, changes={"relation-7": but(CHANGE, gone=False, refused=False)})
    desk = Desk()
    with pytest.raises(Pending, match="old users are being removed"):
        call(waiting, task="7/rotate/1", desk=desk)
    assert not desk.agreed


def test_a_cluster_that_does_not_answer_holds_up_only_what_has_not_begun():
    running = but(DONE, changes={"relation-7": but(CHANGE, gone=False, refused=False)})
    with pytest.raises(Pending):
        call(running, task="7/rotate/1", silent=True)
    assert call(DONE, task="7/rotate/1", silent=True).credentials
    for rotation in (None, DONE):
        with pytest.raises(OperationError, match="does not answer"):
            call(rotation, task="8/rotate/1", silent=True)


def test_a_later_caller_joins_what_runs_on_terms_of_its_own():
    waiting = but(DONE, changes={"relation-7": but(CHANGE, gone=False, refused=False)})
    desk = Desk()
    with pytest.raises(Pending):
        call(waiting, task="7/rotate/2", desk=desk, force=True)
    joined = Rotation.from_text(desk.agreed["rotation"])
    assert joined.force and joined.task == "7/rotate/2" and joined.changes == waiting.changes


def test_another_operation_begins_anew():
    with pytest.raises(Pending, match="new credentials"):
        call(DONE, task="8/rotate/1")


def test_a_person_sees_the_end_once_and_then_begins_anew():
    desk = Desk()
    by_hand = but(DONE, task=BY_HAND)
    assert call(by_hand, desk=desk).credentials
    with pytest.raises(Pending, match="new credentials"):
        call(Rotation.from_text(desk.agreed["rotation"]))


def test_changing_nothing_is_a_failure():
    o = observed()
    with pytest.raises(OperationError, match=r"nothing to change.*juju integrate"):
        VERB.run(Context(o, Desk(), RotatePasswords()))


def test_a_key_that_seals_backups_is_something_to_change():
    o = observed()
    with pytest.raises(Pending):
        VERB.run(Context(o, Desk(uri="secret:1"), RotatePasswords()))
    with pytest.raises(OperationError, match="nothing to change"):
        VERB.run(Context(o, Desk(uri="secret:1", given=True), RotatePasswords()))


def test_what_was_changed_beside_the_clients_is_told():
    assert (
        "sealed with another"
        in call(but(DONE, notes=("sealed with another",)), "7/rotate/1").summary
    )
    only = but(DONE, changes={}, notes=("sealed with another",))
    assert call(only, "7/rotate/1").summary == "sealed with another"
    with pytest.raises(OperationError, match="Nothing was changed"):
        call(but(DONE, changes={}), "7/rotate/1")
    mine = call(DONE, "7/rotate/1", Desk(uri="secret:1", given=True)).summary
    assert "a secret of yours and stays" in mine


def test_without_a_cluster_nothing_is_begun():
    with pytest.raises(OperationError, match="does not answer"):
        VERB.run(Context(but(observed(), cluster=None), Desk(), RotatePasswords()))
