# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import spark_files

OFFSETS = 'v1\n{"batchWatermarkMs":0,"conf":{}}\n{"flights":{"0":120,"1":7}}\n'


def write(data: Path, path: str, text: str = "") -> None:
    (data / path).parent.mkdir(parents=True, exist_ok=True)
    (data / path).write_text(text)


def test_takes_what_spark_has_finished_writing(tmp_path: Path) -> None:
    wanted = [
        "checkpoints/a/offsets/0",
        "checkpoints/a/state/0/0/1.delta",
        "event-logs/x/events_1",
    ]
    for path in (*wanted, "submitted/mine/job.json"):
        write(tmp_path, path)
    write(tmp_path, "checkpoints/a/offsets/.1.7f.tmp")
    write(tmp_path, "parquet/b/_temporary/0/part-1")
    write(tmp_path, "stopped.json")
    assert sorted(spark_files.listing(tmp_path)) == [*wanted, "submitted/mine/job.json"]


def test_what_was_linked_belongs_together_unless_a_batch_began_or_ended(tmp_path: Path) -> None:
    write(tmp_path, "checkpoints/a/offsets/0")
    write(tmp_path, "parquet/b/_spark_metadata/0")
    before = spark_files.steady(tmp_path)
    write(tmp_path, "event-logs/x/events_1", "grows")
    write(tmp_path, "checkpoints/a/state/0/0/1.delta")
    assert spark_files.steady(tmp_path) == before
    for path in ("checkpoints/a/commits/0", "parquet/b/_spark_metadata/1"):
        write(tmp_path, path)
        assert spark_files.steady(tmp_path) != before
        before = spark_files.steady(tmp_path)


def test_says_up_to_where_each_job_has_read(tmp_path: Path) -> None:
    write(tmp_path, "checkpoints/a/offsets/9", 'v1\n{}\n{"flights":{"0":1}}\n')
    write(tmp_path, "checkpoints/a/offsets/10", OFFSETS)
    write(tmp_path, "checkpoints/a/offsets/.10.crc")
    write(tmp_path, "checkpoints/b/offsets/0", "v1\n{}\n-\n")
    write(tmp_path, "checkpoints/c/metadata")
    (tmp_path / "checkpoints/c/offsets").mkdir()
    assert spark_files.offsets(tmp_path) == {
        "a": {"batch": 10, "reads": {"flights": {"0": 120, "1": 7}}},
        "b": {"batch": 0, "reads": {}},
    }
