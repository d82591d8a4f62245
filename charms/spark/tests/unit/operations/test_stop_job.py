# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import dataclasses

import pytest

from dataops.operations import OperationError
from job_store import JobStore
from operations.stop_job import VERB


def test_ends_it_until_start_job(spark, facts, data) -> None:
    result = VERB.call(facts(), spark, {"name": "flights-hourly"})
    assert result.state == "stopped"
    assert not spark.job_running("flights-hourly")
    facts()
    assert not spark.job_running("flights-hourly")


def test_forgets_a_submitted_program(spark, facts, data, tmp_path) -> None:
    script = tmp_path / "mine.py"
    script.touch()
    JobStore(data).submit("mine", script, (), 1)
    assert VERB.call(facts(), spark, {"name": "mine", "forget": True}).state == "forgotten"
    assert JobStore(data).submitted() == ()
    assert spark.job_running("flights-hourly")


def test_a_declared_job_cannot_be_forgotten(spark, facts) -> None:
    with pytest.raises(OperationError, match="juju config spark jobs"):
        VERB.call(facts(), spark, {"name": "flights-hourly", "forget": True})


def test_names_the_unit_where_the_job_runs(spark, facts) -> None:
    with pytest.raises(OperationError, match="juju run spark/0 stop-job name=flights-hourly"):
        VERB.call(facts(unit="spark/1"), spark, {"name": "flights-hourly"})


def test_names_the_jobs_that_there_are(spark, facts) -> None:
    with pytest.raises(OperationError, match="its jobs: flights-hourly"):
        VERB.call(facts(), spark, {"name": "nope"})


def test_needs_the_storage(spark, facts) -> None:

    with pytest.raises(OperationError, match="no storage"):
        lacking = dataclasses.replace(facts(), data=None)
        VERB.call(lacking, spark, {"name": "flights-hourly"})
