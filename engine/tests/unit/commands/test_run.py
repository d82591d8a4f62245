# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest


@pytest.fixture
def failing(daemon):
    daemon.operation = 2
    return daemon


def test_script_that_fails_fails_the_command(juju, failing):
    done = juju("run", "web/0", "greet")
    assert done.code == 1
    assert done.out == "Action id 3 failed: exit status 3\n\nno\n"
    assert done.err.endswith(
        "ERROR the following task failed:\n"
        ' - id "3" with return code 3\n\n'
        "use 'juju show-task' to inspect the failure\n\n"
    )


def test_action_that_fails_in_order_does_not(juju, failing):
    failing.model["tasks"]["3"]["results"] = {"return-code": 0}
    assert juju("run", "web/0", "greet").code == 0


def test_json(juju):
    done = juju("run", "web/0", "greet", "--format", "json")
    assert json.loads(done.out)["web/0"]["results"] == {"return-code": 0, "said": "hello"}


def test_log_lines_come_while_it_runs(juju, daemon):
    daemon.model["tasks"]["1"]["log"] = [["2030-01-01T12:00:01Z", "one"]]
    done = juju("run", "web/0", "greet", "--utc")
    assert done.err.endswith("Waiting for task 1...\n12:00:01 one\n\n")


def test_nobody_could_be_asked(juju, daemon):
    daemon.unscheduled = {"web/9": 'unit "web/9" not found'}
    done = juju("run", "web/9", "greet")
    assert (done.code, done.out) == (0, "")
    assert done.err == ('\nOperation 0 failed to schedule any tasks:\nunit "web/9" not found\n')


def test_time_is_over(juju, daemon):
    daemon.model["tasks"]["1"]["status"] = "running"
    done = juju("run", "web/0", "greet", "--wait", "1ns")
    assert done.code == 1
    assert done.err.endswith("ERROR timed out waiting for results from: unit web/0\n")


@pytest.mark.parametrize("what", ["show-task", "show-operation"])
def test_time_is_over_for_who_looks_on(juju, daemon, what):
    daemon.model["tasks"]["1"] |= {"status": "running", "log": [["2030-01-01T12:00:01Z", "one"]]}
    number = str(daemon.model["tasks"]["1"]["operation"]) if what == "show-operation" else "1"
    done = juju(what, number, "--wait", "1ns", "--format", "json", "--utc")
    log = "12:00:01 one\n\n" if what == "show-task" else ""
    assert (done.code, done.out, done.err) == (1, "{}\n", f"{log}ERROR timeout reached\n")


def test_parameters_of_a_file_give_way_to_the_words(juju, daemon, tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("name: file\nat: {hour: 1, minute: 2}\n")
    juju("run", "web/0", "greet", "--params", str(file), "at.hour=3")
    [(_, asked)] = daemon.asked
    assert asked["parameters"] == {"name": "file", "at": {"hour": 3, "minute": 2}}
