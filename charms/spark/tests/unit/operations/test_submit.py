# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from dataops.operations import OperationError
from job_store import JobStore
from operations.submit import VERB


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("print(1)")
    return path


def test_runs_a_copy(spark, facts, data, script, fake_services) -> None:
    params = {"name": "mine", "script": str(script), "args": ["a", "b"], "cores": 2}
    result = VERB.call(facts(), spark, params)
    assert result.log.endswith("/job-mine.log")
    assert fake_services.running["job-mine"].command[1:] == ("script.py", "a", "b")
    script.unlink()
    facts()
    assert spark.job_running("mine")
    defaults = (spark.paths.etc / "job-mine" / "spark-defaults.conf").read_text()
    assert "spark.cores.max=2\n" in defaults


@pytest.mark.parametrize(
    ("given", "words"), [("", ()), ("a 'b c'", ("a", "b c")), (["--day", "3"], ("--day", "3"))]
)
def test_arguments_are_a_text_or_a_list(spark, facts, script, fake_services, given, words) -> None:
    VERB.call(facts(script=script), spark, {"name": "mine", "args": given})
    assert fake_services.running["job-mine"].command[2:] == words


def test_takes_the_resource_by_default(spark, facts, data, script) -> None:
    VERB.call(facts(script=script), spark, {"name": "mine"})
    assert JobStore(data).submitted()[0].script.read_text() == "print(1)"


def test_a_stopped_program_that_is_submitted_again_runs(spark, facts, data, script) -> None:
    JobStore(data).stop("mine")
    VERB.call(facts(), spark, {"name": "mine", "script": str(script)})
    facts()
    assert spark.job_running("mine")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"name": "mine"}, "juju attach-resource spark"),
        ({"name": "mine", "script": "/no/such/file"}, "No file /no/such/file on spark/0"),
        ({"name": "flights-hourly"}, "choose another name"),
        ({"name": "Bad Name"}, "name: "),
        ({"name": "mine", "args": "'a"}, "args: .*No closing quotation"),
    ],
)
def test_refuses_with_a_reason(spark, facts, params, reason) -> None:
    with pytest.raises(OperationError, match=reason):
        VERB.call(facts(), spark, params)


def test_needs_a_cluster(spark, facts) -> None:
    with pytest.raises(OperationError, match="Spark is not ready"):
        VERB.call(facts(secret=""), spark, {"name": "mine"})
