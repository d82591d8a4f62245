# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from dataops.backup.batches import HEADER_SIZE, CorruptError, batches, needed, survey
from dataops.backup.codecs import Codec
from dataops.backup.records import Record, records
from dataops.testing.logs import batch, record

values = st.none() | st.binary(max_size=60)
headers = st.lists(st.tuples(st.text(max_size=5).map(str.encode), values), max_size=3)
stamps = st.integers(0, 2**45)


@st.composite
def made(draw: st.DrawFn) -> list[Record]:
    """Records as compaction may leave them: with gaps."""
    offset, found = draw(st.integers(0, 2**40)), list[Record]()
    for _ in range(draw(st.integers(1, 6))):
        found.append(
            Record(offset, draw(stamps), draw(values), draw(values), tuple(draw(headers)))
        )
        offset += draw(st.integers(1, 100))
    return found


@given(made(), st.sampled_from(Codec), st.none() | stamps)
@settings(max_examples=30)
def test_what_a_broker_writes_reads_back(
    wanted: list[Record], codec: Codec, appended: int | None
) -> None:
    data = batch(wanted, codec=codec, appended=appended, leader_epoch=7)
    (found,) = batches(data)
    assert (found.codec, found.leader_epoch, found.records) == (codec, 7, len(wanted))
    assert (found.base, found.last) == (wanted[0].offset, wanted[-1].offset)
    assert found.log_append_time == (appended is not None)
    stamped = [r._replace(timestamp=r.timestamp if appended is None else appended) for r in wanted]
    assert list(records(found)) == stamped


@given(made(), st.sampled_from([Codec.NONE, Codec.GZIP, Codec.ZSTD]))
@settings(max_examples=30)
def test_another_library_reads_what_the_tests_write(wanted: list[Record], codec: Codec) -> None:
    theirs = DefaultRecordBatch(batch(wanted, codec=codec))
    assert theirs.validate_crc()
    assert [
        (r.offset, r.timestamp, r.key, r.value, tuple((k.encode(), v) for k, v in r.headers))
        for r in theirs
    ] == wanted


@given(made(), st.sampled_from([Codec.NONE, Codec.GZIP, Codec.ZSTD]), st.booleans())
@settings(max_examples=30)
def test_we_read_what_another_library_writes(
    wanted: list[Record], codec: Codec, transactional: bool
) -> None:
    producer = 12 if transactional else -1
    builder = DefaultRecordBatchBuilder(2, codec, transactional, producer, 3, 0, 1 << 20)
    for number, one in enumerate(wanted):
        named = [(name.decode(), value) for name, value in one.headers]
        builder.append(number, one.timestamp, one.key, one.value, named)
    (found,) = batches(bytes(builder.build()))
    assert list(records(found)) == [r._replace(offset=n) for n, r in enumerate(wanted)]
    assert (found.transactional, found.producer, found.control) == (transactional, producer, False)


def test_snappy_comes_in_two_frames() -> None:
    import cramjam
    from google_crc32c import value as crc32c

    wanted = [record(number, b"x" * 50) for number in range(9)]
    data = batch(wanted)
    blocks = [data[HEADER_SIZE:][start : start + 100] for start in range(0, 9 * 59, 100)]
    coded = b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1)
    for block in blocks:
        packed = bytes(cramjam.snappy.compress_raw(block))
        coded += struct.pack(">i", len(packed)) + packed
    covered = struct.pack(">h", Codec.SNAPPY) + data[23:HEADER_SIZE] + coded
    head = data[:8] + struct.pack(">i", len(covered) + 9) + data[12:17]
    (found,) = batches(head + struct.pack(">I", crc32c(covered)) + covered)
    assert list(records(found)) == wanted


LOG = [batch([record(n), record(n + 1)]) for n in range(0, 10, 2)]
SIZES = [len(one) for one in LOG]


@pytest.mark.parametrize(
    ("limit", "most", "whole"),
    [(2**62, 2**62, 5), (10, 2**62, 5), (9, 2**62, 4), (8, 2**62, 4), (0, 2**62, 0),
     (2**62, 1, 1), (2**62, SIZES[0], 1), (2**62, SIZES[0] + 1, 2), (2**62, 0, 0)],
)  # fmt: skip
def test_a_survey_ends_where_it_must(limit: int, most: int, whole: int) -> None:
    found = survey(b"".join(LOG), limit=limit, most=most)
    assert (found.batches, found.size) == (whole, sum(SIZES[:whole]))
    assert found.end == (whole * 2 if whole else -1)


@given(st.integers(0, sum(SIZES)))
@settings(max_examples=40)
def test_a_torn_end_does_not_count(size: int) -> None:
    found = survey(b"".join(LOG)[:size])
    assert found.size <= size
    assert found.size == sum(SIZES[: found.batches])
    assert size - found.size < needed(b"".join(LOG), found.size) or found.batches == 5


def test_zeros_at_the_end_of_a_file_are_no_batches() -> None:
    assert survey(LOG[0] + bytes(500)).size == SIZES[0]
    assert len(list(batches(LOG[0] + bytes(500)))) == 1


@given(st.integers(0, SIZES[0] * 8 - 1))
def test_no_flipped_bit_goes_unseen_but_in_the_epoch_of_the_leader(bit: int) -> None:
    data = bytearray(LOG[1] + LOG[2])
    data[bit // 8] ^= 1 << bit % 8
    if 12 <= bit // 8 < 16:
        # Brokers write it into what was signed by the client; only a hash covers it.
        assert survey(bytes(data), after=2).batches == 2
        return
    try:
        found = survey(bytes(data), after=2)
    except CorruptError:
        return
    # A length that became too long looks like a torn end, and an offset like a gap: whoever
    # knows how long the log is and where it ends sees both.
    assert found.size != len(data) or found.end != 6 or bit < 64


def test_a_bit_flip_is_named_by_byte_and_offset() -> None:
    data = bytearray(b"".join(LOG))
    data[SIZES[0] + SIZES[1] - 1] ^= 1
    with pytest.raises(CorruptError, match=f"byte {1000 + SIZES[0]}, offset 2: its CRC is wrong"):
        survey(bytes(data), at=1000)


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 2, 1)])
def test_offsets_only_rise(order: tuple[int, ...]) -> None:
    with pytest.raises(CorruptError, match="was to come, or a later one"):
        survey(b"".join(LOG[number] for number in order))


def test_an_old_format_is_named() -> None:
    with pytest.raises(CorruptError, match="no batch of magic 2"):
        survey(LOG[0][:16] + b"\x01" + LOG[0][17:])


def test_compaction_leaves_batches_without_records() -> None:
    empty = batch([], base=5, last=9, producer=3)
    (found,) = batches(empty)
    assert (found.base, found.last, list(records(found))) == (5, 9, [])
    assert survey(empty).end == 10
