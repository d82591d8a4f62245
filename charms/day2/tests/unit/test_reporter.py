# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json
from pathlib import Path

import pytest
from office import Office
from world import World, plan

from dataops.evidence import Evidence, Limits
from dataops.interfaces.operations import Outcome, Status
from journal import Kind
from report.canonical import canonical, sha256
from report.chain import reported
from report.document import Document
from report.performance.document import Performance


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, World({"kafka": ["kafka/0"]}, verbs=())) as found:
        yield found


def run(office, chosen, failure=""):
    """The report of one operation, read back from its file."""
    number = office.world.request(chosen)
    office.world.drive()
    office.world.now += datetime.timedelta(seconds=30)
    office.world.answer("kafka/0", failure=failure)
    office.world.drive()
    return number, read(office, number)


def read(office, number):
    content = Path(reported(office.world.journal, number).json_file).read_bytes()
    assert canonical(json.loads(content)) == content
    return Document.model_validate_json(content)


def test_a_report_tells_what_ran_and_who_answered(office):
    _, document = run(office, plan({"verify": "healthy"}).model_copy(update={"manual_minutes": 4}))
    assert document.schema_name == "dataops-report/1"
    assert document.operation.outcome.startswith("tour #1 ended well after 30 seconds: ")
    (span,) = document.operation.timeline
    assert (span.who, span.status) == ("kafka/0", "completed")
    assert (span.ended - span.began).seconds == 30
    assert document.toil.lines[0].minutes_replaced == 4
    assert document.chain.previous is None
    assert document.evidence is None


def test_a_failure_is_told_with_the_next_move(office):
    _, document = run(office, plan({}), failure="No disk. Add one.")
    (failure,) = document.operation.failures
    assert (failure.where, failure.seen) == ("kafka/0, step step1", "No disk. Add one.")
    assert document.operation.not_done == ("step1",)


def test_an_operation_that_went_on_gets_another_report_beside_the_first(office):
    number, _ = run(office, plan({}), failure="Later.")
    first = reported(office.world.journal, number)
    office.world.tell(Kind.RESUMED, number, by="somebody")
    office.world.drive()
    office.world.answer("kafka/0")
    office.world.drive()
    second = reported(office.world.journal, number)
    assert second.json_file != first.json_file
    assert sha256(Path(first.json_file).read_bytes()) == first.sha256 == second.previous
    document = read(office, number)
    assert document.operation.resumed == 1
    assert document.operation.status == "completed"
    assert [step.attempt for step in document.operation.steps] == [1, 2]


def test_what_customers_saw_is_in_the_report(office):
    chosen = plan({}).model_copy(update={"canary": Limits(longest_gap="1s")})
    office.world.request(chosen)
    office.world.drive()
    for _ in range(3):
        office.world.watch()
        if office.world.may_run("kafka"):
            office.world.answer("kafka/0")
            office.world.drive()
    office.world.watch()
    document = read(office, 1)
    assert isinstance(document.evidence, Evidence)
    assert document.evidence.sent > 0
    assert document.limits.longest_gap == datetime.timedelta(seconds=1)
    assert {s.who for s in document.operation.timeline if s.phase == "canary"} == {
        "before", "during", "after",
    }  # fmt: skip


def part(tmp_path, unit="day2/0", **changed):
    """What the job of a performance report leaves behind and answers."""
    json_file, html = tmp_path / "part.json", tmp_path / "part.html"
    json_file.write_bytes(Performance(summary="Quiet.").model_dump_json().encode())
    html.write_text("<section>plots</section>")
    section = {
        "unit": unit,
        "json-file": str(json_file),
        "html": str(html),
        "sha256": sha256(json_file.read_bytes()),
        "html-sha256": sha256(html.read_bytes()),
    }
    return {"summary": "Quiet.", "section": {**section, **changed}}


@pytest.mark.parametrize(
    "changed, gap",
    [
        ({}, ""),
        ({"unit": "day2/1"}, "lie on another unit: day2/1:"),
        ({"sha256": "00"}, "were changed after they were made"),
        ({"html": "/nowhere"}, "cannot be read (FileNotFoundError)"),
    ],
)
def test_measurements_become_part_of_the_report_only_when_they_are_those_of_the_job(
    office, tmp_path, changed, gap
):
    number = office.world.request(plan({}))
    office.world.drive()
    task = office.world.tasks["kafka"].id
    results = part(tmp_path, **changed)
    office.world.outcomes["kafka/0"] = Outcome(task=task, status=Status.COMPLETED, results=results)
    office.world.drive()
    performance = read(office, number).performance
    assert gap in performance.gap
    assert bool(performance.gap) == bool(gap)
    page = Path(reported(office.world.journal, number).html).read_text()
    assert ("<section>plots</section>" in page) == (not gap)
