# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""action-*: parameters in, results out."""

import pytest

from onebox.changes.actions import EXEC

SEGMENT = (
    "must start and end with lowercase alphanumeric, "
    "and contain only lowercase alphanumeric and hyphens"
)


def test_reads_parameters(action):
    run = action(name="backup", n=3, nested={"deep": {"er": True}}, text="x")
    assert run.json("action-get")["nested"] == {"deep": {"er": True}}
    assert run.ok("action-get n") == "3\n"
    assert run.ok("action-get nested.deep.er") == "True\n"
    assert run.ok("action-get --format=json text.deeper") == "null\n"
    assert run.ok("action-get nosuch") == ""


def test_reads_parameters_in_the_order_of_their_names(action):
    run = action(b={"z": 1, "a": 2}, a=1)
    assert run.ok("action-get --format=json") == '{"a":1,"b":{"a":2,"z":1}}\n'
    assert run.ok("action-get") == "a: 1\nb:\n  a: 2\n  z: 1\n"


def test_has_an_empty_map_without_parameters(action):
    assert action().ok("action-get --format=json") == "{}\n"


def test_sets_nested_results(action):
    run = action()
    run.ok("action-set outfile.size=10G foo.bar=2")
    run.ok("action-set foo.baz.val=3 foo.bar.zab=4 foo.baz=1 eq=a=b empty=")
    assert run.context.outcome.results == {
        "outfile": {"size": "10G"},
        "foo": {"bar": {"zab": "4"}, "baz": "1"},
        "eq": "a=b",
        "empty": "",
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("action-set k", 'argument "k" must be of the form key...=value'),
        ("action-set stdout=x", 'cannot set reserved action key "stdout"'),
        ("action-set a.stderr-encoding=x", 'cannot set reserved action key "stderr-encoding"'),
        ("action-set Upper=x", f'key "Upper" {SEGMENT}'),
        ("action-set a..b=x", f'key "" {SEGMENT}'),
        ("action-set a_b=x", f'key "a_b" {SEGMENT}'),
        ("action-set a-=x", f'key "a-" {SEGMENT}'),
    ],
)
def test_refuses_keys(action, line, message):
    run = action()
    assert run.fails(line) == (2, message)
    assert run.context.outcome.results == {}


def test_fails_with_a_reason_or_without(action):
    run = action()
    run.ok("action-fail")
    assert run.context.outcome.failure == (
        "action failed without reason given, check action for errors"
    )
    run.ok("action-fail -- 'disk full'")
    assert run.context.outcome.failure == "disk full"


def test_logs_progress_at_once(action, engine):
    action().ok("action-log -- half way")
    assert engine.action_log == [(3, "half way")]


@pytest.mark.parametrize("line", ["action-get", "action-set a=b", "action-fail", "action-log x"])
def test_only_in_an_action(hook, line):
    assert hook("web/0").fails(line) == (1, "not running an action")


def test_a_script_of_exec_is_an_action_to_its_tools(action):
    run = action(name=EXEC)
    run.ok("action-set a=b")
    run.ok("action-fail no")
    assert run.context.outcome.results == {"a": "b"}
    assert run.context.outcome.failure == "no"
