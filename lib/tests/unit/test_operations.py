# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import sys
import textwrap

import ops
import ops.testing
import pydantic
import pytest

from dataops.operations import (
    Actions,
    Cancelled,
    Check,
    Context,
    HealthCheck,
    JobVerb,
    NoParams,
    OperationError,
    Params,
    Pending,
    Result,
    Scope,
    Verb,
    Work,
    discover,
    explain,
    probe,
    result_key,
)
from dataops.rolling import Go, Hold


class Sum(Params):
    first_number: int
    second_number: int = 1


class Total(Result):
    the_total: int


def add(context: Context[int, str, Sum]) -> Total:
    context.log("adding")
    if context.params.first_number < 0:
        raise OperationError("Cannot add a negative number. Give one from 0 on.")
    offset = context.observed
    return Total(the_total=offset + context.params.first_number + context.params.second_number)


ADD = Verb(name="add", description="Adds.", run=add, params=Sum, result=Total, scope=Scope.LEADER)


def look(context: Context[int, str, NoParams]) -> HealthCheck:
    return HealthCheck(
        checks=(
            Check(name="sky", ok=True, detail="blue"),
            Check(name="floor", ok=False, detail="wet", next_move="mop it"),
        )
    )


LOOK = Verb(
    name="health-check", description="Looks.", run=look, params=NoParams, result=HealthCheck
)


def test_parameters_are_spelled_as_juju_does():
    assert ADD.call(10, "", {"first-number": 2, "second-number": 3}).the_total == 15
    assert ADD.result.model_json_schema()["properties"].keys() == {"the-total"}


def test_every_wrong_parameter_is_named_and_no_value_is_repeated():
    with pytest.raises(OperationError) as refusal:
        ADD.call(0, "", {"first-number": "hush", "colour": "red"})
    assert "first-number" in str(refusal.value)
    assert "colour" in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_an_older_reader_ignores_new_fields_of_a_result():
    read = HealthCheck.model_validate({"checks": [{"name": "a", "ok": True, "new": 1}], "new": 2})
    assert read.healthy


def test_a_probe_turns_what_was_seen_into_a_check():
    def broken() -> str:
        raise OSError("Cannot reach 127.0.0.1:1")

    assert probe("port", lambda: "listens", "start it").ok
    check = probe("port", broken, "start it")
    assert (check.ok, check.next_move) == (False, "start it")
    assert check.detail == "OSError: Cannot reach 127.0.0.1:1"


def test_a_units_name_is_a_key_that_juju_takes():
    assert result_key("kafka/0") == "kafka-0"
    assert result_key("Under_replicated!") == "under-replicated"


def test_an_error_of_ours_is_told_as_it_is():
    assert explain(OperationError("Do this.")) == "Do this."
    assert explain(ValueError()) == "ValueError"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Writes a package of verbs, and imports it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**files):
        folder = tmp_path / "verbs_for_test"
        folder.mkdir()
        for name, text in {"__init__": "", **files}.items():
            (folder / f"{name}.py").write_text(textwrap.dedent(text))
        return __import__("verbs_for_test")

    yield make
    for name in [name for name in sys.modules if name.startswith("verbs_for_test")]:
        del sys.modules[name]


GOOD = """
    from dataops.operations import NoParams, Result, Verb
    VERB = Verb(name="{}", description="", run=lambda c: Result(), params=NoParams, result=Result)
"""


def test_each_file_is_a_verb_and_helpers_are_not(package):
    found = discover(
        package(z_last=GOOD.format("z-last"), a_first=GOOD.format("a-first"), _helper="")
    )
    assert [verb.name for verb in found.values()] == ["a-first", "z-last"]
    assert list(found.only({"z-last"})) == ["z-last"]


@pytest.mark.parametrize(("text", "hint"), [("", "no VERB"), (GOOD.format("other"), "a-first")])
def test_a_file_that_is_no_verb_says_so(package, text, hint):
    with pytest.raises(TypeError, match=hint):
        _ = discover(package(a_first=text))["a-first"]


class Spec(pydantic.BaseModel):
    rows: int


def copy(work: Work[Spec]) -> Total:
    work.progress("copies", 0.5)
    work.progress("verifies")
    work.end_if_cancelled()
    return Total(the_total=work.spec.rows)


COPY = JobVerb(
    name="copy",
    description="Copies.",
    prepare=lambda context: Spec(rows=context.observed),
    work=copy,
    params=NoParams,
    spec=Spec,
    result=Total,
    guard=lambda context: Hold("a copy is missing") if context.observed > 100 else Go(),
)


def test_work_may_be_called_off():
    with pytest.raises(Cancelled):
        copy(Work(Spec(rows=1), asked_to_end=lambda: True))


def test_a_verb_of_a_file_may_be_a_job(package):
    text = """
        import pydantic
        from dataops.operations import JobVerb, NoParams, Result
        VERB = JobVerb(name="copy", description="", prepare=None, work=None, params=NoParams,
                       spec=pydantic.BaseModel, result=Result)
    """
    (found,) = discover(package(copy=text)).values()
    assert found.long
    assert not ADD.long


class Charm(ops.CharmBase):
    rows = 100

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.actions = Actions(self, (ADD, LOOK, COPY), lambda: (self.rows, "workload"))


META = {"name": "app"}
ACTIONS = {
    "add": {"params": {"first-number": {"type": "integer"}}},
    "health-check": {"description": "Looks."},
    "copy": {"description": "Copies."},
}


@pytest.fixture
def context():
    return ops.testing.Context(Charm, meta=META, actions=ACTIONS)


def act(context, name, leader=True, **params):
    event = context.on.action(name, params={k.replace("_", "-"): v for k, v in params.items()})
    context.run(event, ops.testing.State(leader=leader))


def test_a_verb_is_the_action_of_its_name(context):
    act(context, "add", first_number=1)
    assert context.action_results == {"the-total": "102"}
    assert context.action_logs == ["adding"]


class Whom(Params):
    authority: str
    trusted: bool = True


def wait(context: Context[int, str, Whom]) -> Result:
    raise Pending("not yet")


WAIT = Verb(name="wait", description="Waits.", run=wait, params=Whom, result=Result)


@pytest.mark.parametrize(
    ("given", "again"),
    [
        ({"authority": "CN=a root [ab]"}, "authority='CN=a root [ab]'"),
        ({"authority": "root", "trusted": True}, "authority=root"),
        ({"authority": "root", "trusted": False}, "authority=root trusted=false"),
    ],
)
def test_what_waits_is_called_again_with_what_it_was_given(given, again):
    class Waiting(ops.CharmBase):
        def __init__(self, framework: ops.Framework):
            super().__init__(framework)
            self.actions = Actions(self, (WAIT,), lambda: (0, ""))

    params = {"authority": {"type": "string"}, "trusted": {"type": "boolean"}}
    context = ops.testing.Context(Waiting, meta=META, actions={"wait": {"params": params}})
    context.run(context.on.action("wait", params=given), ops.testing.State())
    assert context.action_results == {
        "status": "running",
        "message": "not yet",
        "next": f"juju run app/0 wait {again}",
    }


def test_an_action_gives_no_more_than_juju_takes(context, monkeypatch):
    long = HealthCheck(checks=(Check(name="all", ok=True, detail="é" * 100_000),))
    monkeypatch.setattr("dataops.operations._verbs.Verb.perform", lambda *_: long)
    act(context, "health-check")
    told = context.action_results["checks"]["all"]
    assert len(told.encode()) < 128 * 1024
    assert told.startswith("ok: éé") and "200004 bytes" in told


def test_an_action_fails_with_the_verbs_reason(context):
    with pytest.raises(ops.testing.ActionFailed, match="Give one from 0 on"):
        act(context, "add", first_number=-1)


def test_a_verb_of_the_leader_tells_where_to_run_it(context):
    with pytest.raises(ops.testing.ActionFailed, match="juju run app/leader add"):
        act(context, "add", leader=False, first_number=1)


def test_checks_are_printed_a_line_each(context):
    act(context, "health-check", leader=False)
    assert context.action_results == {
        "healthy": "false",
        "checks": {"sky": "ok: blue", "floor": "FAILED: wet. Next: mop it"},
    }


def test_a_job_as_an_action_does_both_parts_and_tells_how_far_it_is(context):
    act(context, "copy")
    assert context.action_results == {"the-total": "100"}
    assert context.action_logs == ["copies (50%)", "verifies"]


def test_an_action_whose_guard_says_no_does_nothing_and_says_why(context, monkeypatch):
    monkeypatch.setattr(Charm, "rows", 101)
    with pytest.raises(ops.testing.ActionFailed, match="Not now: a copy is missing"):
        act(context, "copy")
    assert context.action_logs == []
