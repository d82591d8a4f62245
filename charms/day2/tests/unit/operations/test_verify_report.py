# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from pathlib import Path

import pytest
from office import Office
from world import World, plan

from dataops.operations import OperationError
from operations.verify_report import VERB
from report.chain import reported
from signing import SigningKey


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, World({"kafka": ["kafka/0"]}, verbs=())) as found:
        for _ in range(2):
            found.world.request(plan({"verify": "healthy"}))
            found.world.drive()
            found.world.answer("kafka/0")
            found.world.drive()
        yield found


def verify(office, number=0, **changes):
    observed = dataclasses.replace(office.observed(), **changes)
    return VERB.call(observed, office.archive, {"id": number})


def test_a_report_that_nobody_touched_can_be_believed(office):
    first, second = verify(office, 1), verify(office, 2)
    assert first.previous == ""
    assert second.previous == first.sha256
    assert second.records == len(office.world.journal)


def test_it_is_checked_where_it_lies(office):
    with pytest.raises(OperationError, match="juju run day2/0 verify-report id=2"):
        verify(office, unit="day2/1")


@pytest.mark.parametrize("name", ["json_file", "signature_file", "html"])
def test_a_changed_file_is_told(office, name):
    path = Path(getattr(reported(office.world.journal, 2), name))
    *kept, last = path.read_bytes()
    path.write_bytes(bytes([*kept, last ^ 1]))
    with pytest.raises(OperationError, match="cannot be believed"):
        verify(office)


def test_a_file_that_is_missing_is_told_with_what_the_journal_knows(office):
    Path(reported(office.world.journal, 2).json_file).unlink()
    with pytest.raises(OperationError, match=r"Cannot read .*report\.json.*SHA-256"):
        verify(office)


def test_a_journal_that_was_changed_is_told(office):
    *kept, last = office.world.journal
    forged = kept[3].model_copy(update={"body": {**kept[3].body, "message": "All is well."}})
    with pytest.raises(OperationError, match="its content was changed"):
        verify(office, journal=(*kept[:3], forged, *kept[4:], last))


def test_a_key_that_was_exchanged_is_told(office):
    with pytest.raises(OperationError, match="No published key"):
        verify(office, report_keys=(SigningKey.generate().public,))
