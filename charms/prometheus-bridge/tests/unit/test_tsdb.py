# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import tsdb

BLOCK = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


def write(root, path):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()


def test_takes_the_log_first_and_then_what_is_whole(tmp_path):
    wanted = [
        "wal/00000003", "wal/checkpoint.00000002/00000000",
        f"{BLOCK}/chunks/000001", f"{BLOCK}/index", f"{BLOCK}/meta.json",
    ]  # fmt: skip
    for path in wanted:
        write(tmp_path, path)
    for path in (f"{BLOCK}.tmp-for-deletion/index", "chunks_head/000001", "lock",
                 "queries.active", "wal/checkpoint.00000004.tmp/00000000"):  # fmt: skip
        write(tmp_path, path)
    assert list(tsdb.listing(tmp_path)) == wanted
    assert tsdb.blocks(tmp_path) == 1


def test_a_log_that_grows_changes_nothing(tmp_path):
    write(tmp_path, "wal/00000003")
    before = tsdb.steady(tmp_path)
    write(tmp_path, "wal/00000004")
    assert tsdb.steady(tmp_path) == before


def test_a_new_block_a_new_checkpoint_and_a_shorter_log_do(tmp_path):
    write(tmp_path, "wal/00000003")
    write(tmp_path, "wal/00000004")
    seen = [tsdb.steady(tmp_path)]
    write(tmp_path, f"{BLOCK}/meta.json")
    seen.append(tsdb.steady(tmp_path))
    write(tmp_path, "wal/checkpoint.00000003/00000000")
    seen.append(tsdb.steady(tmp_path))
    (tmp_path / "wal/00000003").unlink()
    seen.append(tsdb.steady(tmp_path))
    assert len(set(seen)) == 4
