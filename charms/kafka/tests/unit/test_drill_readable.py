# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
from types import SimpleNamespace

import pytest

import drill_clients
from dataops.backup.manifest import Partition, Piece, Segment, Span
from drill_checks import Portion
from drill_readable import readable


def partition(topic, *spans):
    piece = Piece(sha256="0" * 64, bytes=100, stored=100)
    return Partition(
        topic=topic, index=0, log_start=2, end=9, content="0" * 64, records="0" * 64,
        segments=(Segment(base=0, end=4, pieces=(piece,), spans=spans),),
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch):
    """What a client was asked to read back."""
    found = []

    @contextlib.contextmanager
    def reading(where, group="drill"):
        yield where["bootstrap.servers"]

    def digest(consumer, place, start, end):
        found.append((consumer, place, start, end))
        return SimpleNamespace(hexdigest=lambda: f"of {place[0]}")

    monkeypatch.setattr(drill_clients, "reading", reading)
    monkeypatch.setattr(drill_clients, "digest", digest)
    return found


WHERE = {"bootstrap.servers": "127.0.0.1:1"}


def test_the_manifest_s_own_hashes_come_first(asked):
    parts = [partition(f"t{n:02}", Span(end=4, sha256=f"{n:064}")) for n in range(20)]
    found = readable(parts, {("t00", 0): (2, 9)}, WHERE)
    assert found[0] == Portion(("t00", 0), 2, 4, f"{0:064}")
    assert len(found) == 16 and not asked


def test_of_a_backup_without_hashes_a_client_reads_the_newest(asked):
    bounds = {("a", 0): (2, 9), ("b", 0): (0, 2000), ("c", 0): (5, 5)}
    found = readable([partition("a")], bounds, WHERE)
    assert found == (Portion(("a", 0), 2, 9, "of a"), Portion(("b", 0), 1500, 2000, "of b"))
    assert asked[0] == ("127.0.0.1:1", ("a", 0), 2, 9)
