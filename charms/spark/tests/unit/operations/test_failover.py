# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from typing import Any

import pytest

from cluster import Spark
from dataops.host.processes import Process
from dataops.operations import Context, OperationError, Work
from dataops.rolling import Go, Hold
from failover import Account, Target
from job_progress import Progress
from observed import Observed
from operations.failover import VERB, FailoverParams, FailoverResult, told

Facts = Callable[..., Observed]


@pytest.fixture
def asked(spark: Spark, facts: Facts) -> Callable[..., Context[Observed, Spark, FailoverParams]]:
    def make(state: str = "running", **params: Any) -> Context[Observed, Spark, FailoverParams]:
        observed = facts()
        progress = Progress()
        progress.enter(state)
        progress.save(spark.progress_file("flights-hourly"))
        return Context(observed, spark, FailoverParams(**{"unit": "spark/0", **params}))

    return make


def test_every_process_of_the_unit_is_meant(asked: Any) -> None:
    spec = VERB.prepare(asked(mode="crash"))
    assert spec.targets == (
        ("master", "master"),
        ("worker", "worker"),
        ("job-flights-hourly", "driver"),
    )
    (job,) = spec.jobs
    assert job.checkpoint and job.checkpoint.parts[-2:] == ("checkpoints", "flights-hourly")
    assert spec.crash


def test_one_kind_of_process_may_be_meant(asked: Any) -> None:
    assert VERB.prepare(asked(process="worker")).targets == (("worker", "worker"),)


def test_what_is_not_there_is_named_with_what_is(asked: Any, facts: Facts) -> None:
    context = asked(process="master")
    worker = Context(facts(leader=False), context.workload, context.params)
    with pytest.raises(OperationError, match="spark/0 has no master; it has driver, worker"):
        VERB.prepare(worker)


@pytest.mark.parametrize("params", [{"unit": "kafka/0"}, {"mode": "put-back"}])
def test_elsewhere_nothing_is_done(asked: Any, params: dict[str, str]) -> None:
    context = asked("failed", **params)
    assert isinstance(VERB.turn(context), Go)
    assert VERB.work(Work(VERB.prepare(context))) == FailoverResult(unit="spark/0")


def test_a_unit_that_does_not_exist_is_named_with_those_that_do(asked: Any) -> None:
    with pytest.raises(OperationError, match="no unit spark/7; it has spark/0"):
        VERB.turn(asked(unit="spark/7"))


def test_it_waits_until_the_jobs_run(asked: Any) -> None:
    assert VERB.turn(asked("starting")) == Hold("flights-hourly is starting")
    assert isinstance(VERB.turn(asked()), Go)


def test_a_sentence_says_what_was_seen(asked: Any) -> None:
    spec = VERB.prepare(asked(mode="crash", process="driver"))
    account = Account(
        Target("job-flights-hourly", "driver"), Process(7, 1), Process(9, 2), 0.01, 31.5
    )
    result = told(spec, [account])
    assert result.summary == (
        "spark/0: killed: driver back after 31.5 s, 1 jobs from their checkpoints."
    )
    assert (result.ended[0].pid, result.ended[0].new_pid) == (7, 9)
