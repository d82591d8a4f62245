# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import NOON

from archive import Archive
from dataops.objectstore import Target, open_store
from journal import Kind, append, to_text
from keeper import Charge, keep
from observed import Observed
from operations.verify_journal import VERB

JOURNAL = ()
for number in range(6):
    JOURNAL = append(JOURNAL, NOON, Kind.REQUESTED, number, {"text": "a\u2028b", "n": number})


def checks(root, journal=JOURNAL, **more):
    observed = Observed(unit="day2/0", model="m", leader=True, journal=journal, **more)
    return {c.name: c for c in VERB.call(observed, Archive(root), {}).checks}


def test_whole_copies_are_well(tmp_path):
    Archive(tmp_path).mirror(JOURNAL)
    found = checks(tmp_path, JOURNAL[3:])
    assert all(check.ok for check in found.values())
    assert found["peers-copy"].detail == "the chain of the peers' 3 records holds"
    assert (
        found["copy-on-storage"].detail == "the copy's 6 records hold and are what the peers have"
    )


def test_a_unit_that_came_later_has_what_there_was_then(tmp_path):
    Archive(tmp_path).mirror(JOURNAL[2:4])
    found = checks(tmp_path, JOURNAL[3:])["copy-on-storage"]
    assert "2 records hold, from record 3 on" in found.detail


@given(data=st.data())
def test_any_byte_that_was_changed_is_found(tmp_path_factory, data):
    archive = Archive(tmp_path_factory.mktemp("copy"))
    archive.mirror(JOURNAL)
    content = bytearray(archive.journal.read_bytes())
    index = data.draw(st.integers(0, len(content) - 1))
    content[index] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[index]))
    archive.journal.write_bytes(bytes(content))
    check = checks(archive.root)["copy-on-storage"]
    assert not check.ok
    assert "as evidence" in check.next_move


@pytest.mark.parametrize(
    ("copy", "peers", "hint"),
    [
        (
            JOURNAL[:2] + JOURNAL[3:],
            JOURNAL,
            "record 4: it follows record 2; record 3: the copy lacks",
        ),
        (JOURNAL, JOURNAL[:4], "record 6: the peers' copy ends before it, with 4"),
        (
            JOURNAL,
            (*JOURNAL[:5], append(JOURNAL[:5], NOON, Kind.FINISHED, 1, {})[-1]),
            "another one",
        ),
    ],
)
def test_copies_that_differ_are_found(tmp_path, copy, peers, hint):
    Archive(tmp_path).mirror(copy)
    assert hint in checks(tmp_path, peers)["copy-on-storage"].detail


def test_the_peers_copy_is_held_against_itself(tmp_path):
    forged = JOURNAL[2].model_copy(update={"operation": 99})
    Archive(tmp_path).mirror(JOURNAL)
    check = checks(tmp_path, (*JOURNAL[:2], forged, *JOURNAL[3:]))["peers-copy"]
    assert "record 3: its content was changed" in check.detail


@pytest.fixture
def kept(tmp_path):
    """A copy on the storage, and one outside in two objects."""
    (tmp_path / "store").mkdir()
    target = Target(kind="local", directory=str(tmp_path / "store"))
    archive = Archive(tmp_path / "data")
    observed = Observed(unit="day2/0", model="m", leader=True, store=target, model_uuid="u")
    state = tmp_path / "kept.json"
    charge = Charge(
        store=observed.own_store, root=archive.root, journal=archive.journal, state=state
    )
    for journal in (JOURNAL[:2], JOURNAL):
        archive.mirror(journal)
        keep(charge)
    return archive, {"store": target, "model_uuid": "u"}, open_store(observed.own_store)


def test_the_copy_outside_is_well(kept):
    archive, facts, _ = kept
    found = checks(archive.root, **facts)
    assert all(check.ok for check in found.values())
    assert found["copy-in-store"].detail == (
        "6 records in the store hold and are what this unit has"
    )
    assert "copy-in-store" not in checks(archive.root)


@given(data=st.data())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_byte_that_was_changed_outside_is_found(kept, data):
    archive, facts, store = kept
    key = data.draw(st.sampled_from([one.key for one in store.list()]))
    before = store.get(key)
    content = bytearray(before)
    index = data.draw(st.integers(0, len(content) - 1))
    content[index] = data.draw(st.integers(0, 255).filter(lambda byte: byte != before[index]))
    store.put(key, bytes(content))
    assert not checks(archive.root, **facts)["copy-in-store"].ok
    store.put(key, before)


def test_what_is_missing_or_too_much_outside_is_found(kept):
    archive, facts, store = kept
    first, second = [one.key for one in store.list()]
    content = store.get(first)
    store.delete(second)
    assert checks(archive.root, **facts)["copy-in-store"].ok, "what is not brought yet is no flaw"
    store.put(second, to_text(append(JOURNAL, NOON, Kind.FINISHED, 1, {})[2:]).encode())
    assert "record 7: this unit's copy ends before it" in (
        checks(archive.root, **facts)["copy-in-store"].detail
    )
    store.put(second, content[: len(content) // 2])
    assert not checks(archive.root, **facts)["copy-in-store"].ok
    store.put(second, to_text(JOURNAL[2:]).encode())
    assert checks(archive.root, **facts)["copy-in-store"].ok
    store.delete(first)
    assert "record 1: the store lacks it" in checks(archive.root, **facts)["copy-in-store"].detail


def test_a_store_that_does_not_answer_is_told(kept, tmp_path):
    archive, facts, _ = kept
    (tmp_path / "store").rename(tmp_path / "gone")
    assert "There is no directory" in checks(archive.root, **facts)["copy-in-store"].detail
