# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from google_crc32c import value as crc32c
from hypothesis import given
from hypothesis import strategies as st

from dataops.backup.batches import CorruptError, batches
from dataops.backup.codecs import Codec
from dataops.backup.records import put_varint, records, transactions, varint, visible
from dataops.testing.logs import batch, marker, record


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_read_back(number: int) -> None:
    coded = put_varint(number)
    assert varint(b"x" + coded + b"x", 1) == (number, 1 + len(coded))


def test_a_number_of_too_many_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 64 bits"):
        varint(b"\xff" * 11, 0)


LOG = b"".join([
    batch([record(0, b"plain")]),
    batch([record(1, b"a1")], producer=1, transactional=True),
    batch([record(2, b"b1")], producer=2, transactional=True),
    batch([record(3, b"a2")], producer=1, transactional=True),
    marker(4, 1, commit=False),
    marker(5, 2, commit=True),
    batch([record(6, b"a3")], producer=1, transactional=True),
    marker(7, 1, commit=True),
    batch([record(8, b"c1")], producer=3, transactional=True),
    batch([record(9, None, b"gone")]),
])  # fmt: skip


def test_aborted_and_open_transactions_are_told_apart() -> None:
    found = transactions(batches(LOG))
    assert (found.aborted, found.open) == ({1, 3}, {8})


def test_a_consumer_of_committed_records_sees_no_other() -> None:
    ended = transactions(batches(LOG))
    seen = [one.value for one in visible(batches(LOG), ended)]
    assert seen == [b"plain", b"b1", b"a3", None]
    assert len(list(visible(batches(LOG)))) == 7


def damaged(body: bytes, codec: int = Codec.NONE) -> bytes:
    """A batch of one record with another body and the right CRC: what a faulty client sends."""
    data = batch([record(0)])
    covered = int(codec).to_bytes(2, "big") + data[23:61] + body
    length = (len(covered) + 9).to_bytes(4, "big")
    return data[:8] + length + data[12:17] + crc32c(covered).to_bytes(4, "big") + covered


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (damaged(b""), "index out of range"),
        (damaged(b"\x10\0\0\0"), "cut short"),
        (damaged(batch([record(0)])[61:] + b"more"), "4 bytes follow its last record"),
        (damaged(b"\x01"), "cut short"),
        (damaged(b"\x0c\0\0\0\x40\x01\x00"), "cut short"),
        (damaged(b"nonsense", Codec.SNAPPY), "snappy"),
        (damaged(b"\x82SNAPPY\0\0\0\0\1\0\0\0\1\0\0\0\x40x", Codec.SNAPPY), "block is cut short"),
        (damaged(b"nonsense", Codec.LZ4), "lz4"),
        (damaged(b"nonsense", Codec.ZSTD), "zstd"),
        (damaged(b"nonsense", Codec.GZIP), "gzip"),
        (damaged(b"", 6), "6 is not a valid Codec"),
    ],
)
def test_what_is_no_record_is_named(data: bytes, why: str) -> None:
    with pytest.raises(CorruptError, match=why):
        [list(records(one)) for one in batches(data)]
