# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from dataops.operations import OperationError
from operations import start_job, stop_job

NAME = {"name": "flights-hourly"}


def test_runs_it_again(spark, facts) -> None:
    stop_job.VERB.call(facts(), spark, NAME)
    result = start_job.VERB.call(facts(), spark, NAME)
    assert result.was_stopped
    assert spark.job_running("flights-hourly")
    facts()
    assert spark.job_running("flights-hourly")


def test_a_job_that_runs_keeps_running(spark, facts, fake_services) -> None:
    before = facts()
    fake_services.journal.clear()
    assert not start_job.VERB.call(before, spark, NAME).was_stopped
    assert fake_services.journal == []


def test_says_what_it_still_lacks(spark, facts) -> None:
    lacking = facts(accesses={})
    with pytest.raises(OperationError, match="juju status spark/0"):
        start_job.VERB.call(lacking, spark, NAME)
