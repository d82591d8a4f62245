# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What is brought into an object store: a directory keeps the same promises as any other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import NOON

from archive import Archive
from dataops.objectstore import Target, open_store
from journal import Kind, append
from keeper import Charge, Kept, keep, stored

JOURNAL = ()
for number in range(9):
    JOURNAL = append(JOURNAL, NOON, Kind.REQUESTED, number, {"text": "a\u2028b"})


class Place:
    """A unit's storage, and the store beside it."""

    def __init__(self, root):
        (root / "store").mkdir()
        target = Target(kind="local", directory=str(root / "store"), path="day2/u/day2")
        self.archive = Archive(root / "data")
        self.store = open_store(target)
        self.charge = Charge(
            store=target,
            root=self.archive.root,
            journal=self.archive.journal,
            state=root / "kept.json",
        )

    @property
    def keys(self):
        return [one.key for one in self.store.list()]


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_each_run_adds_what_is_new_and_touches_nothing_else(place):
    place.archive.mirror(JOURNAL[:4])
    assert keep(place.charge) == Kept(number=4)
    first = place.store.head("journal/000000000001-000000000004.jsonl")
    place.archive.mirror(JOURNAL)
    assert keep(place.charge) == Kept(number=9)
    assert keep(place.charge) == Kept(number=9)
    assert place.keys == [
        "journal/000000000001-000000000004.jsonl",
        "journal/000000000005-000000000009.jsonl",
    ]
    assert place.store.head(first.key) == first
    assert stored(place.store) == (JOURNAL, ())
    assert Kept.read(place.charge.state) == Kept(number=9)


def test_a_record_that_is_being_written_waits(place):
    place.archive.mirror(JOURNAL[:2])
    with place.archive.journal.open("ab") as file:
        file.write(b'{"number": 3, "at":')
    assert keep(place.charge) == Kept(number=2)
    assert stored(place.store) == (JOURNAL[:2], ())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_whoever_leads_goes_on_where_the_last_one_ended(tmp_path_factory, lengths):
    place = Place(tmp_path_factory.mktemp("p"))
    for turn, length in enumerate(lengths):
        other = Archive(tmp_path_factory.mktemp("other"))
        other.mirror(JOURNAL[:length])
        state = place.charge.state.with_name(f"{turn}.json")
        charge = place.charge.model_copy(update={"journal": other.journal, "state": state})
        keep(charge)
    assert stored(place.store) == (JOURNAL[: max(lengths)], ())


def test_the_files_of_reports_are_brought_once_and_no_snapshot(place):
    archive = place.archive.at(3)
    for name in ("report.html", "report.json", "report.sig", "key.pem", "index.html"):
        archive.write(name, name.encode())
    archive.write("snapshot-3.tar.zst", b"big")
    keep(place.charge)
    expected = ["key.pem", "report.html", "report.json", "report.sig"]
    assert place.keys == [f"reports/3/{name}" for name in expected]
    archive.write("report.html", b"forged")
    keep(place.charge)
    assert place.store.get("reports/3/report.html") == b"report.html"


def test_a_store_that_does_not_answer_is_told_and_tried_again(place, tmp_path):
    place.archive.mirror(JOURNAL[:4])
    keep(place.charge)
    (tmp_path / "store").rename(tmp_path / "gone")
    place.archive.mirror(JOURNAL)
    told = keep(place.charge)
    assert told.number == 4 and "There is no directory" in told.problem
    (tmp_path / "gone").rename(tmp_path / "store")
    assert keep(place.charge) == Kept(number=9)


def test_a_copy_that_was_scribbled_on_is_told(place):
    place.archive.mirror(JOURNAL[:4])
    place.archive.journal.write_bytes(b"scribble\n")
    assert "line 1 of the journal is no record" in keep(place.charge).problem


def test_a_state_that_does_not_read_is_none(tmp_path):
    (tmp_path / "kept.json").write_text("scribble")
    assert Kept.read(tmp_path / "kept.json") == Kept.read(tmp_path / "none") == Kept()
