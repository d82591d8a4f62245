# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
from pathlib import Path

import pytest

import operations.show_certificates as module
from archive import Archive
from dataops.certificates import Entry, Inventory
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import NoParams, OperationError, Scope
from observed import Observed
from operation import Operation, StepState, Target
from operations.show_certificates import VERB
from plan import Plan, Step

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
OBSERVED = Observed(unit="day2/0", model="m", leader=True)


def an_entry(unit, port, days, trusts=()):
    return Entry(
        application=unit.partition("/")[0], unit=unit, port=port, subject=f"CN={unit}",
        issuer="CN=root [ab]", serial="1f", not_after=NOW + datetime.timedelta(days=days),
        days_left=days, trusts=trusts,
    )  # fmt: skip


def answered(*entries):
    results = Inventory.of(entries).model_dump(mode="json", by_alias=True)
    return Outcome(task="1/ask/1", status=Status.COMPLETED, results=results)


def call(monkeypatch, answers, task=""):
    step = Step(name="ask", verb="list-certificates")
    plan = Plan(name="list-certificates", description="d", steps=(step,))
    target = Target("kafka", Scope.UNIT, tuple(answers))
    given = {name: answer for name, answer in answers.items() if answer}
    state = StepState(step, NOW, NOW, targets=(target,), answers=given)
    operation = Operation(number=1, plan=plan, params={}, requested=NOW, steps=(state,))
    monkeypatch.setattr(module, "operations", lambda journal: [operation])
    context = VERB.context(OBSERVED, Archive(Path()), {}, task=task)
    return VERB.run(context)


def test_before_anybody_was_asked_it_says_so():
    with pytest.raises(OperationError, match="juju run day2/leader list-certificates"):
        VERB.call(OBSERVED, Archive(Path()), NoParams().model_dump())


def test_all_answers_are_one_table_the_first_to_expire_first(monkeypatch):
    answers = {
        "kafka/0": answered(an_entry("kafka/0", 9093, 80, trusts=("CN=root [ab]",))),
        "kafka/1": answered(an_entry("kafka/1", 9093, 3)),
        "kafka/2": Outcome(status=Status.FAILED, message="no broker"),
        "kafka/3": None,
    }
    found = call(monkeypatch, answers)
    assert found.silent == ("kafka/2 (no broker)", "kafka/3")
    assert found.summary.startswith(
        "2 certificates, the first expires in 3.0 days; no answer from"
    )
    _, first, second, *_, issuer = found.table.splitlines()
    assert first.startswith("kafka/1") and second.startswith("kafka/0")
    assert issuer == "#1 CN=root [ab], trusted by kafka"
    assert found.action_results()["table"].startswith("\nUNIT")


def test_as_a_step_it_leaves_the_answers_where_they_are(monkeypatch):
    found = call(monkeypatch, {"kafka/0": answered(an_entry("kafka/0", 9093, 80))}, "1/table/1")
    assert not found.certificates and found.summary.endswith("show-certificates")


def test_an_answer_that_cannot_be_read_does_not_hide_the_others(monkeypatch):
    odd = Outcome(status=Status.COMPLETED, results={"certificates": "none"})
    answers = {"odd/0": odd, "kafka/0": answered(an_entry("kafka/0", 9093, 80))}
    assert len(call(monkeypatch, answers).certificates) == 1
