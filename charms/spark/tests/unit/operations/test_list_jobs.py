# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from factory import AGREEMENT

from agreement import Placement
from job_progress import Progress
from job_store import JobStore
from operations.list_jobs import VERB


def test_tells_how_far_each_job_is(spark, facts) -> None:
    observed = facts()
    progress = Progress(state="running", batch=4, rows_in=10, lag=3)
    progress.save(spark.progress_file("flights-hourly"))
    report = VERB.call(observed, spark, {}).jobs["flights-hourly"]
    assert (report.state, report.batch, report.rows_in, report.lag) == ("running", 4, 10, 3)
    assert report.pages == "http://10.0.0.1:4040"


def test_prints_as_juju_does(spark, facts) -> None:
    results = VERB.call(facts(), spark, {}).action_results()
    assert results["jobs"]["flights-hourly"]["rows-in"] == "0"


def test_a_killed_process_is_down_and_a_stopped_one_stopped(
    spark, facts, data, fake_services
) -> None:
    observed = facts()
    fake_services.crash("job-flights-hourly")
    assert VERB.call(observed, spark, {}).jobs["flights-hourly"].state == "down"
    JobStore(data).stop("flights-hourly")
    assert VERB.call(facts(), spark, {}).jobs["flights-hourly"].state == "stopped"


def test_names_the_unit_of_other_jobs(spark, facts) -> None:
    placements = {"flights-hourly": Placement(unit="spark/7", slot=0)}
    observed = facts(agreement=AGREEMENT.model_copy(update={"placements": placements}))
    report = VERB.call(observed, spark, {}).jobs["flights-hourly"]
    assert (report.unit, report.state) == ("spark/7", "elsewhere")


def test_submitted_programs_too(spark, facts, data, tmp_path, fake_services) -> None:
    script = tmp_path / "mine.py"
    script.touch()
    JobStore(data).submit("mine", script, (), 1)
    observed = facts()
    assert VERB.call(observed, spark, {}).jobs["mine"].state == "program"
    fake_services.stop("job-mine")
    assert VERB.call(observed, spark, {}).jobs["mine"].state == "ended"


def test_without_jobs_says_how_to_declare_some(spark, facts) -> None:
    nothing = AGREEMENT.model_copy(update={"jobs": "", "placements": {}})
    results = VERB.call(facts(agreement=nothing), spark, {}).action_results()
    assert "juju config spark jobs=@jobs.yaml" in results["jobs"]
