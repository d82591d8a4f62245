# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import pytest

from dataops.operations import OperationError
from job_store import JobStore
from operations.create_backup import VERB as CREATE
from operations.hold_jobs import VERB as HOLD
from operations.restore import VERB as RESTORE
from operations.rewind_jobs import VERB

LATER = "2099-01-01T00:00:00+00:00"
ENDS = {"topics": [{"topic": "flights", "ends": [100]}], "at": LATER}


def offset(data):
    text = (data / "checkpoints" / "flights-hourly" / "offsets" / "3").read_text()
    return json.loads(text.splitlines()[2])["flights"]["0"]


def test_a_job_goes_on_where_kafka_ends(unit, data):
    unit(HOLD)
    done = unit(VERB, ENDS, held=True)
    assert done.rewound == ("flights-hourly: flights-0 from 120 to 100",)
    assert "flights-hourly: flights-0 from 120 to 100" in done.summary
    assert offset(data) == 100


def test_asked_again_it_leaves_what_the_job_has_read_since(unit, data):
    unit(HOLD)
    unit(VERB, ENDS, held=True)
    path = data / "checkpoints" / "flights-hourly" / "offsets" / "3"
    path.write_text(path.read_text().replace("100", "170"))
    assert unit(VERB, ENDS, held=True).rewound == ()
    assert offset(data) == 170


def test_a_checkpoint_that_was_put_back_since_is_rewound_again(unit, data):
    unit(CREATE)
    unit(HOLD)
    unit(VERB, ENDS, held=True)
    unit(RESTORE, {"confirm": "spark/0"}, held=True)
    assert offset(data) == 120
    unit(VERB, ENDS, held=True)
    assert offset(data) == 100


def test_nothing_is_changed_under_a_running_job(unit, data):
    with pytest.raises(OperationError, match="juju run spark/0 hold-jobs"):
        unit(VERB, ENDS)
    assert offset(data) == 120


def test_who_read_less_goes_on_as_before(unit, data):
    unit(HOLD)
    ends = {**ENDS, "topics": [{"topic": "flights", "ends": [120]}]}
    assert "no job had read further" in unit(VERB, ends, held=True).summary


def test_a_job_that_ran_in_the_restored_cluster_is_stopped_and_named(unit, data):
    unit(HOLD)
    early = {**ENDS, "at": "2001-01-01T00:00:00+00:00"}
    done = unit(VERB, early, held=True)
    assert done.rewound == () and "another name" in done.stopped[0]
    assert "flights-hourly" in done.summary
    assert JobStore(data).stopped() == {"flights-hourly"}
    assert offset(data) == 120
