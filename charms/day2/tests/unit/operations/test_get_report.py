# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hashlib
import json
from pathlib import Path

import pytest
from world import SICK, World, plan

from answers import answered
from archive import Archive
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import OperationError
from observed import Observed
from operations.get_report import VERB


def get(world, root):
    observed = Observed(unit="day2/0", model="pipeline", leader=True, journal=world.journal)
    return VERB.call(observed, Archive(root), {})


@pytest.fixture
def world():
    found = World({"kafka": ["kafka/0"]}, verbs=())
    found.request(plan({"verify": "healthy"}))
    found.drive()
    return found


def test_an_account_is_written_from_the_journal(world, tmp_path):
    world.answer("kafka/0", SICK)
    world.drive()
    files = get(world, tmp_path)
    page = Path(files.html).read_text()
    assert "kafka/0: disk" in page
    assert "Add one." in page
    data = Path(files.json_file).read_bytes()
    assert hashlib.sha256(data).hexdigest() == files.sha256
    assert json.loads(data)["steps"][0]["answers"]["kafka/0"]["status"] == "completed"
    assert files.fetch_json == f"juju scp day2/0:{files.json_file} ."


def test_the_same_journal_gives_the_same_account_on_every_unit(world, tmp_path):
    world.answer("kafka/0")
    world.drive()
    assert get(world, tmp_path / "a").sha256 == get(world, tmp_path / "b").sha256


def test_what_runs_has_no_report_yet(world, tmp_path):
    with pytest.raises(OperationError, match="show-operation id=1"):
        get(world, tmp_path)


def test_a_report_that_was_made_is_named_with_its_unit(world, tmp_path):
    made = {"unit": "day2/1", "html": "/d/r.html", "json-file": "/d/r.json", "sha256": "00"}
    done = Outcome(task="1/step1/1", status=Status.COMPLETED, results=made)
    world.note(answered(1, "kafka/0", done))
    world.drive()
    files = get(world, tmp_path)
    assert files.fetch_html == "juju scp day2/1:/d/r.html ."
    assert not any(tmp_path.iterdir())


def test_what_an_application_says_is_text_and_never_markup(world, tmp_path):
    world.answer("kafka/0", failure="<script>alert(1)</script>")
    world.drive()
    page = Path(get(world, tmp_path).html).read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
