# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json
import re

import pytest

from onebox.render import tasks
from onebox.render.document import to_json, to_yaml

_GO = re.compile(r"(\S+ \S+) \+0000 UTC(?: (.*))?", re.S)


def task_of(receiver):
    """The stored task behind one receiver of a sample."""
    times = receiver["timing"]
    return {
        "id": int(receiver["id"]),
        "unit": receiver["unit"],
        "action": "hello",
        "parameters": {},
        "status": receiver["status"],
        "message": receiver.get("message", ""),
        "results": receiver.get("results", {}),
        "log": [list(_GO.fullmatch(line).groups()) for line in receiver.get("log", [])],
        "enqueued": _GO.fullmatch(times["enqueued"])[1],
        "started": _GO.fullmatch(times["started"])[1] if "started" in times else None,
        "completed": _GO.fullmatch(times["enqueued"])[1],
    }


@pytest.fixture
def stored(sample):
    def read(name):
        return [task_of(r) for r in json.loads(sample(f"run/{name}.json")).values()]

    return read


@pytest.mark.parametrize(
    "name",
    ["hello", "leader", "failing", "crash", "nested", "multi", "multi-actionfail", "ops-greet"],
)
def test_json(sample, stored, name):
    assert to_json(tasks.receivers(stored(name), utc=True)) == sample(f"run/{name}.json")


def same_ids(text, wanted):
    """The samples of one action were separate runs: give them the same numbers."""
    numbers = iter(re.findall(r'id "?(\d+)|id: "(\d+)"', wanted))
    return re.sub(r'(id "?|id: ")(\d+)', lambda m: m[1] + "".join(next(numbers)), text)


@pytest.mark.parametrize("name", ["crash", "failing", "nested", "multi", "multi-actionfail"])
def test_plain(sample, stored, name):
    wanted = sample(f"run/{name}.txt")
    assert same_ids(tasks.plain(stored(name)), wanted) == wanted


def test_plain_keeps_empty_values(sample, stored):
    wanted = sample("run/hello.txt").replace("mode: fast", 'mode: ""').replace('"2"', '""')
    assert tasks.plain(stored("hello")) == wanted


def test_refused_parameters_show_the_reason_only(sample, stored):
    [task] = stored("hello")
    wanted = sample("run/refused.txt")
    message = wanted.partition("failed: ")[2].rstrip("\n")
    task |= {"status": "error", "message": message, "results": {}}
    assert same_ids(tasks.plain([task]), wanted) == wanted


@pytest.mark.parametrize("name", ["hello", "failing", "multi"])
def test_yaml_has_the_shape_of_the_sample(sample, stored, name):
    def shape(text):
        return re.sub(r"\d", "9", re.sub(r"\.\d+|\d+", "9", text))

    found = to_yaml(tasks.receivers(stored(name)[:2], utc=True))
    assert shape(found) == shape(sample(f"run/{name}.yaml"))


def test_exec(sample, stored):
    wanted = sample("run/exec.json")
    assert to_json(tasks.receivers(stored("exec"), utc=True)) == wanted
    assert tasks.plain_exec(stored("exec")) == sample("run/exec.txt")


def test_exec_on_many(sample, stored):
    [task] = stored("exec")
    task["results"] = {"return-code": 0, "stdout": "True\n"}
    both = [{**task, "unit": "prov/0"}, {**task, "unit": "myreq/0"}]
    assert tasks.plain_exec(both) == sample("run/exec-many.txt")


def test_one_unit_asked_twice_is_one(stored):
    [task] = stored("hello")
    assert tasks.plain([task, {**task, "id": 24}]) == tasks.plain([{**task, "id": 24}])


def test_an_action_that_left_nothing_says_how_it_ended(stored):
    [task] = stored("failing")
    ended = {**task, "results": {}, "message": "no such action"}
    assert tasks.plain([ended]) == "Action id 17 failed: no such action\nTask 17 failed\n"
    assert tasks.plain([{**ended, "status": "cancelled"}]) == "Task 17 cancelled\n"


def test_blank_lines_around_an_output_are_left_out(stored):
    [task] = stored("crash")
    results = {"stdout": "\n\none\n\n", "stderr": "two"}
    assert tasks.plain([{**task, "results": results}]).endswith(
        "failed: exit status 3\n\none\ntwo\n"
    )


def test_failures_name_each_script(stored):
    [task] = stored("crash")
    one = tasks.failures([task])
    assert one.startswith('the following task failed:\n - id "23" with return code 3\n\n')
    two = tasks.failures([task, {**task, "id": 24}])
    assert two.startswith("the following tasks failed:\n")
    assert two.endswith("inspect the failures\n")
    assert tasks.failures(stored("failing")) == ""


def operations(sample):
    """The stored operations behind the sample, each with its tasks."""
    for number, found in json.loads(sample("operations/all.json")).items():
        stored = []
        for id_, task in found["tasks"].items():
            receiver = {**task, "id": id_, "unit": task["host"]}
            last = _GO.fullmatch(found["timing"]["completed"])[1]
            own = {"action": found["action"]["name"], "completed": last}
            own["parameters"] = found["action"]["parameters"]
            stored.append({**task_of(receiver), **own})
        enqueued = _GO.fullmatch(found["timing"]["enqueued"])[1]
        head = {"id": int(number), "summary": found["summary"], "failures": {}}
        yield {**head, "enqueued": enqueued}, stored


def test_operations(sample):
    every = sorted(operations(sample), key=lambda pair: pair[0]["id"])
    table = sample("operations/table.txt")
    assert tasks.operations_table(every, utc=True, colour=False) == table


def test_operation(sample):
    wanted = json.loads(sample("operations/all.json"))
    for head, stored in operations(sample):
        found = tasks.operation(head, stored, utc=True)
        assert to_json(found) == to_json(wanted[str(head["id"])])
        if head["id"] == 4:
            assert to_yaml(found) == sample("operations/show.yaml")
        if head["id"] == 14:
            assert to_yaml(found) == sample("operations/failed.yaml")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["completed", "failed"], "failed"),
        (["pending", "failed"], "pending"),
        (["running", "pending"], "running"),
        (["completed"], "completed"),
        (["error", "running"], "error"),
    ],
)
def test_status_of_an_operation(words, status):
    assert tasks.status([{"status": word} for word in words]) == status
