# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from office import Office
from world import SICK, World, plan

from dataops.interfaces.operations import Participant
from dataops.operations import OperationError
from operations.get_report import VERB


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, World({"kafka": ["kafka/0"]}, verbs=())) as found:
        found.world.request(plan({"verify": "healthy"}))
        found.world.drive()
        yield found


def get(office, unit="day2/0"):
    return VERB.call(office.observed(unit), office.archive, {})


def test_every_operation_has_its_report(office):
    office.world.answer("kafka/0", SICK)
    office.world.drive()
    files = get(office)
    page = Path(files.html).read_text()
    assert "kafka/0, step step1: disk" in page
    assert "Add one." in page
    data = Path(files.json_file).read_bytes()
    assert hashlib.sha256(data).hexdigest() == files.sha256
    assert json.loads(data)["operation"]["steps"][0]["answers"][0]["who"] == "kafka/0"
    assert f"juju scp day2/0:{files.json_file} ." in files.fetch
    assert "PUBLIC KEY" in files.public_key
    assert files.verify == "juju run day2/0 verify-report id=1"


def test_another_unit_says_where_the_files_are_and_keeps_none(office):
    office.world.answer("kafka/0")
    office.world.drive()
    files = get(office, "day2/1")
    assert (files.unit, files.here) == ("day2/0", False)
    assert "files are on day2/0" in files.action_results()["note"]


def test_a_unit_that_has_left_took_its_storage_along(office):
    office.world.answer("kafka/0")
    office.world.drive()
    own = Participant(application="day2", units=("day2/1", "day2/2"))
    observed = dataclasses.replace(office.observed("day2/1"), own=own)
    files = VERB.call(observed, office.archive, {})
    assert "day2/0 has left" in files.note
    assert files.sha256 in files.note


def test_files_that_are_gone_are_missed_with_the_hash_to_know_a_copy_by(office):
    office.world.answer("kafka/0")
    office.world.drive()
    Path(get(office).json_file).unlink()
    with pytest.raises(OperationError, match=r"no longer.*[0-9a-f]{64}"):
        get(office)


def test_what_runs_has_no_report_yet(office):
    with pytest.raises(OperationError, match="show-operation id=1"):
        get(office)


def test_what_an_application_says_is_text_and_never_markup(office):
    office.world.answer("kafka/0", failure="<script>alert(1)</script>")
    office.world.drive()
    page = Path(get(office).html).read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_no_word_of_the_private_key_is_written_anywhere(office):
    office.world.answer("kafka/0")
    office.world.drive()
    get(office)
    files = [path.read_bytes() for path in office.root.rglob("*") if path.is_file()]
    assert len(files) >= 4
    assert not [content for content in files if b"PRIVATE" in content]
