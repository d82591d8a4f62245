# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest
from builders import CLUSTER_ID, a_recovery, but, observed

from dataops.operations import Context, OperationError
from operations.cancel_restore import VERB, CancelParams, run
from recovery import Recovery

BEFORE = {"cluster-id": CLUSTER_ID, "first": "0", "founded": "true", "opened": "true"}


class Workload:
    def __init__(self):
        self.agreed = {}

    def agree(self, values):
        self.agreed.update(values)


def ask(workload, undo=False, **recovery):
    o = observed()
    agreement = dataclasses.replace(o.agreement, recovery=a_recovery(**recovery))
    params = CancelParams(undo=undo)
    return run(Context(but(o, agreement=agreement, now=7.0), workload, params, print, None, "t"))


@pytest.fixture
def workload():
    return Workload()


@pytest.mark.parametrize("stage", ["done", "failed"])
def test_what_is_over_is_left_as_it_is(workload, stage):
    assert ask(workload, undo=True, stage=stage).backup is None
    assert not workload.agreed


def test_what_is_only_placed_is_given_up(workload):
    assert "goes on with the data that it has" in ask(workload).summary
    told = Recovery.from_text(workload.agreed["recovery"])
    assert (told.stage, told.ended, told.given_up) == ("failed", 7.0, ())
    assert set(workload.agreed) == {"recovery"}


@pytest.mark.parametrize("stage", ["starting", "finishing"])
def test_what_has_replaced_data_is_given_up_when_asked(workload, stage):
    with pytest.raises(OperationError, match="kafka/leader cancel-restore undo=true"):
        ask(workload, stage=stage, before=BEFORE)
    assert not workload.agreed
    ask(workload, undo=True, stage=stage, before=BEFORE)
    told = Recovery.from_text(workload.agreed.pop("recovery"))
    assert (told.stage, told.given_up) == ("failed", ("r1",))
    assert workload.agreed == {**BEFORE, "turn": ""}


def test_what_an_earlier_version_began_only_goes_on(workload):
    with pytest.raises(OperationError, match="earlier version"):
        ask(workload, undo=True, stage="starting")


def test_the_leader_does_it():
    assert VERB.scope.value == "leader" and not VERB.mutating
