# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from observed import Condition
from operations.hold_jobs import VERB
from operations.stop_job import VERB as STOP
from plan import wanted
from status import statuses

HELD = "jobs are held while Kafka is restored: juju run spark/0 hold-jobs release=true"


def test_no_job_runs_until_it_is_released(unit, spark, facts):
    facts()
    assert spark.job_running("flights-hourly")
    done = unit(VERB)
    assert (done.jobs, done.held) == (("flights-hourly",), True)
    assert not spark.job_running("flights-hourly")
    found = facts(held=True)
    assert wanted(found) == frozenset()
    assert not spark.job_running("flights-hourly"), "no later hook starts it"
    assert any(HELD in one.message for one in statuses(found, Condition()))


def test_released_it_runs_again_and_asking_twice_changes_nothing(unit, spark):
    unit(VERB)
    for _ in range(2):
        done = unit(VERB, {"release": True}, held=True)
        assert (done.jobs, done.held) == (("flights-hourly",), False)
        assert spark.job_running("flights-hourly")


def test_what_the_operator_stopped_stays_stopped(unit, spark):
    unit(STOP, {"name": "flights-hourly"})
    unit(VERB)
    assert unit(VERB, {"release": True}, held=True).jobs == ()
    assert not spark.job_running("flights-hourly")
