# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from job_store import JobStore
from operations.create_backup import VERB as CREATE
from operations.restore import VERB
from operations.stop_job import VERB as STOP


def test_a_checkpoint_comes_back(unit, data):
    made = unit(CREATE)
    offsets = data / "checkpoints" / "flights-hourly" / "offsets"
    (offsets / "3").unlink()
    (offsets / "4").write_text("later")
    unit(STOP, {"name": "flights-hourly"})
    restored = unit(VERB, {"confirm": "spark/0"})
    assert restored.id == made.id
    assert [path.name for path in offsets.iterdir()] == ["3"]
    assert (offsets / "3").read_text() == 'v1\n{}\n{"flights":{"0":120}}\n'
    assert "flights-0 to 120" in restored.summary
    assert "flights-hourly" in (data / "restored-jobs.yaml").read_text()
    (aside,) = data.glob("replaced-*")
    assert (aside / "checkpoints" / "flights-hourly" / "offsets" / "4").exists()
    assert not (data / ".backup" / "restoring").exists()


def test_nothing_is_put_under_a_running_job(unit):
    unit(CREATE)
    with pytest.raises(OperationError, match="stop-job name=flights-hourly"):
        unit(VERB, {"confirm": "spark/0"})


def test_it_has_to_be_meant(unit):
    unit(CREATE)
    unit(STOP, {"name": "flights-hourly"})
    with pytest.raises(OperationError, match="confirm=spark/0"):
        unit(VERB, {"confirm": "spark"})


def test_another_unit_restores_by_the_place(unit):
    made = unit(CREATE)
    other = {"model_uuid": "abcdef00-0000-4000-8000-000000000000"}
    unit(STOP, {"name": "flights-hourly"}, **other)
    with pytest.raises(OperationError, match="give place="):
        unit(VERB, {"confirm": "spark/0"}, **other)
    found = unit(VERB, {"confirm": "spark/0", "place": made.place}, **other)
    assert found.id == made.id


def test_a_program_that_came_back_is_run_from_here_once_it_is_wanted(unit, data, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("pass")
    JobStore(data).submit("mine", script, (), 1)
    unit(CREATE)
    (data / "submitted").rename(tmp_path / "other-storage")
    unit(STOP, {"name": "flights-hourly"})
    unit(VERB, {"confirm": "spark/0"})
    (program,) = JobStore(data).submitted()
    assert program.script == data / "submitted" / "mine" / "script.py"
    assert program.script.read_text() == "pass"
    assert "mine" in JobStore(data).stopped()
