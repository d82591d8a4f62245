# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import GENESIS, Kind, append, flaws, from_text, tail, to_text

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
BODIES = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=20), max_size=4)
ENTRIES = st.lists(st.tuples(st.sampled_from(Kind), st.integers(1, 9), BODIES), max_size=12)


def journal_of(entries):
    found = ()
    for second, (kind, operation, body) in enumerate(entries):
        found = append(found, NOON + datetime.timedelta(seconds=second), kind, operation, body)
    return found


@given(ENTRIES)
def test_the_chain_of_an_honest_journal_holds_and_survives_its_text(entries):
    journal = journal_of(entries)
    assert flaws(journal) == ()
    assert from_text(to_text(journal)) == journal
    assert [record.number for record in journal] == list(range(1, len(entries) + 1))


@given(ENTRIES.filter(len), st.data())
def test_any_changed_record_is_found(entries, data):
    journal = journal_of(entries)
    index = data.draw(st.integers(0, len(journal) - 1))
    changed = journal[index].model_copy(update={"body": {"forged": True}})
    assert flaws((*journal[:index], changed, *journal[index + 1 :]))


@given(ENTRIES.filter(len), st.data())
def test_a_forged_record_with_a_hash_of_its_own_breaks_the_next(entries, data):
    journal = journal_of([*entries, (Kind.FINISHED, 1, {})])
    index = data.draw(st.integers(0, len(journal) - 2))
    forged = journal[index].model_copy(update={"operation": 1000}).sealed()
    found = flaws((*journal[:index], forged, *journal[index + 1 :]))
    assert found == (f"record {index + 2}: record {index + 1} is not the one it knew",)


@given(ENTRIES.filter(lambda entries: len(entries) > 2), st.data())
def test_a_missing_record_is_found(entries, data):
    journal = journal_of(entries)
    index = data.draw(st.integers(1, len(journal) - 2))
    assert flaws(journal[:index] + journal[index + 1 :])


def test_the_first_record_begins_the_chain():
    (record,) = journal_of([(Kind.REQUESTED, 1, {})])
    assert record.previous == GENESIS
    other = record.model_copy(update={"previous": "1" * 64}).sealed()
    assert flaws((other,)) == ("record 1: it does not begin the chain",)


@given(ENTRIES, st.integers(0, 2000))
def test_a_tail_fits_and_still_chains(entries, size):
    journal = journal_of(entries)
    kept = tail(journal, size)
    assert flaws(kept) == ()
    assert journal[len(journal) - len(kept) :] == kept
    assert len(to_text(kept)) <= size or len(kept) <= 1
    assert bool(kept) == bool(journal)


@given(ENTRIES.filter(len), st.sets(st.integers(1, 9)))
def test_what_has_not_ended_is_never_cut_off(entries, unfinished):
    journal = journal_of(entries)
    kept = tail(journal, 0, unfinished)
    assert all(record in kept for record in journal if record.operation in unfinished)


def test_a_line_that_is_no_record_is_named():
    with pytest.raises(ValueError, match="line 2 of the journal"):
        from_text(to_text(journal_of([(Kind.REQUESTED, 1, {})])) + "{}\n")


def test_why_a_line_is_no_record_takes_one_line_and_repeats_nothing_of_it():
    text = to_text(journal_of([(Kind.REQUESTED, 1, {"note": "hush"})]))
    with pytest.raises(ValueError, match=r"^line 1 of the journal is no record: .*JSON") as caught:
        from_text(text.replace(":", ";", 1))
    assert "\n" not in str(caught.value) and "hush" not in str(caught.value)


def test_a_kind_of_a_newer_version_is_kept():
    (record,) = journal_of([(Kind.REQUESTED, 1, {})])
    newer = record.model_copy(update={"kind": "approved"}).sealed()
    assert from_text(to_text((newer,))) == (newer,)
    assert flaws((newer,)) == ()
