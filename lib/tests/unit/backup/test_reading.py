# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
import threading

from dataops.backup.batches import NO_LIMIT
from dataops.backup.reading import PIECE, SMALL, Buffers, blocks, chunks
from dataops.testing.logs import batch, record


def test_a_file_comes_back_in_pieces_of_memory_that_is_used_again(tmp_path):
    content = os.urandom(2 * PIECE + SMALL + 5)
    (tmp_path / "a").write_bytes(content)
    buffers, found, rooms = Buffers(1, 1), [], set()
    for loaded in blocks(tmp_path / "a", buffers):
        found.append(bytes(loaded.data))
        rooms.add(id(loaded.data.obj))
        loaded.free()
    assert b"".join(found) == content
    assert len(found) == 3
    assert len(rooms) == 1


def test_only_so_much_of_a_file_as_counts(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (loaded,) = blocks(tmp_path / "a", Buffers(1, 1), 3)
    assert bytes(loaded.data) == b"123"


def test_nobody_gets_memory_that_is_still_read(tmp_path):
    buffers, got = Buffers(1, 1), []
    first = buffers.load(buffers.take(), PIECE)
    waiting = threading.Thread(target=lambda: got.append(buffers.take()))
    waiting.start()
    waiting.join(0.05)
    assert got == []
    first.free()
    waiting.join()
    assert len(got) == 1


def test_small_pieces_keep_no_large_one_waiting():
    buffers = Buffers(1, 2)
    several = [buffers.load(buffers.take(), 10) for _ in range(2)]
    assert [len(one.data) for one in several] == [10, 10]
    buffers.give(buffers.take())


def test_a_batch_larger_than_a_piece_is_one_piece(tmp_path):
    value = os.urandom(PIECE + 1000)
    log = batch([record(0, value)]) + batch([record(1, b"small")])
    (tmp_path / "a").write_bytes(log)
    buffers = Buffers(1, 1)
    found = []
    for loaded, survey in chunks(tmp_path / "a", 0, 0, NO_LIMIT, buffers):
        found.append((bytes(loaded.data), survey.end))
        loaded.free()
    assert b"".join(data for data, _ in found) == log
    assert [end for _, end in found] == [1, 2]
    assert len(buffers.take()) == PIECE


def test_what_lies_behind_the_high_watermark_is_left(tmp_path):
    (tmp_path / "a").write_bytes(batch([record(0, b"a")]) + batch([record(1, b"b")]))
    buffers = Buffers(1, 1)
    ((loaded, found),) = chunks(tmp_path / "a", 0, 0, 1, buffers)
    assert found.end == 1
    loaded.free()
    assert list(chunks(tmp_path / "a", found.size, 1, 1, buffers)) == []
