# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from dataops.backup.batches import batches
from dataops.backup.codecs import Codec
from dataops.backup.content import EMPTY, Digest, chain, digest
from dataops.testing.logs import batch, marker, record


def test_each_link_hashes_the_one_before_and_a_piece() -> None:
    first = hashlib.sha256(bytes(32) + b"\xaa" * 32).hexdigest()
    second = hashlib.sha256(bytes.fromhex(first) + b"\xbb" * 32).hexdigest()
    assert chain([]) == EMPTY
    assert chain(["aa" * 32]) == first
    assert chain(["aa" * 32, "bb" * 32]) == second == chain(["bb" * 32], first)


def test_a_digest_is_what_the_documentation_says() -> None:
    one = Digest()
    one.add(record(3, None, b"k", 5, [(b"h", None), (b"h", b"v")]))
    rest = b"\x02k\x01\x04\x02h\x01\x02h\x02v"
    fixed = (3).to_bytes(8, "big") + (5).to_bytes(8, "big") + len(rest).to_bytes(4, "big")
    assert one.hexdigest() == hashlib.sha256(fixed + rest).hexdigest()


@given(st.lists(st.sampled_from(Codec), min_size=6, max_size=6), st.integers(1, 5))
def test_a_digest_does_not_depend_on_batches_or_codecs(codecs: list[Codec], cut: int) -> None:
    wanted = [record(n * 3, b"v%d" % n, None, 1000 + n, [(b"h", b"x")]) for n in range(6)]
    one, other, consumer = Digest(), Digest(), Digest()
    (whole,) = batches(batch(wanted, codec=codecs[0]))
    one.add_batch(whole)
    for part in batches(
        batch(wanted[:cut], codec=codecs[1]) + batch(wanted[cut:], codec=codecs[2])
    ):
        other.add_batch(part)
    for each in wanted:
        consumer.add(each)
    assert one.hexdigest() == other.hexdigest() == consumer.hexdigest()
    assert one.records == consumer.records == 6


def test_only_what_a_consumer_may_see_counts() -> None:
    seen, log = Digest(), Digest()
    for part in batches(batch([record(0), record(1)]) + marker(2, 7, commit=True)):
        log.add_batch(part, start=1)
    seen.add(record(1))
    assert (log.hexdigest(), log.records) == (seen.hexdigest(), 1)


def test_the_records_of_a_piece_have_the_hash_that_a_consumer_computes() -> None:
    wanted = [record(n, b"v%d" % n * 100, b"k", 1000 + 90 * n) for n in range(300)]
    data = (
        batch(wanted[:200], codec=Codec.ZSTD) + batch(wanted[200:]) + marker(300, 7, commit=True)
    )
    consumer = Digest()
    for each in wanted[150:]:
        consumer.add(each)
    assert digest(memoryview(data), 150) == consumer.hexdigest()
    assert digest(b"") == digest(data, 300) == hashlib.sha256().hexdigest()
