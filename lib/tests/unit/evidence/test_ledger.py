# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
import shutil

import hypothesis
import pytest
from hypothesis import strategies as st

from dataops.evidence import Phase
from dataops.evidence._account import Account
from dataops.evidence.meter.ledger import Ledger


def scenario(count: int):
    """Events as the meter notes them."""
    yield "chose", "canary", 1, [2]
    yield ("opened",)
    yield "reads", 0, 100
    for number in range(count):
        yield "sent", 1, 0, number, number * 20.0
        if number % 7 == 6:
            yield "failed", 1, 0, number, "_MSG_TIMED_OUT"
        else:
            yield "acknowledged", 1, 0, number, 3.25, number * 20.0 + 3
            yield "read", 1, 0, number, 100 + number, number * 20.0 + 4
        yield "ticked", number * 20.0 + 5, 1000 + number / 50, 0.1
        if number == count // 2:
            yield "switched", "during", number * 20.0 + 6, 1000 + number / 50


@hypothesis.given(
    st.integers(0, 250), st.integers(1, 9), st.integers(0, 60), st.integers(300, 3000)
)
@hypothesis.settings(max_examples=30, deadline=None)
def test_killed_after_any_event_it_goes_on_where_it_was(
    tmp_path_factory, survived, every, torn, most
):
    directory = tmp_path_factory.mktemp("ledger")
    ledger, expected = Ledger(directory, most=most), Account()
    assert not ledger.found
    kept = 0
    for at, (event, *values) in enumerate(list(scenario(60))[:survived], 1):
        ledger.note(event, *values)
        if at % every == 0:
            ledger.write()
        # The rest may be lost with a process, but for what it was told to write.
        if at % every == 0 or event not in ("sent", "acknowledged", "read"):
            kept = at
    for event, *values in list(scenario(60))[:kept]:
        getattr(expected, event)(*values)
    # The kill: what is in the files, and a part of a line that was about to be counted.
    (events,) = directory.glob("events-*.jsonl")
    with events.open("ab") as file:
        file.write(b'["failed",1,0,0,"a line that was never finished because of the kill"'[:torn])
    copy = directory.with_name(f"{directory.name}-copy")
    shutil.copytree(directory, copy)
    again = Ledger(copy)
    assert again.found
    assert again.account.dump() == expected.dump()
    assert again.account.evidence() == expected.evidence()


def test_events_do_not_pile_up(tmp_path):
    ledger = Ledger(tmp_path, most=2000)
    for event, *values in scenario(3000):
        ledger.note(event, *values)
    ledger.write()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 30_000
    assert len(list(tmp_path.iterdir())) == 2
    assert ledger.account.phase is Phase.DURING


def test_an_unknown_event_is_refused(tmp_path):
    with pytest.raises(AssertionError, match="dump"):
        Ledger(tmp_path).note("dump")


def test_closed_it_takes_nothing_and_keeps_all(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.note("opened")
    ledger.close()
    with pytest.raises(AssertionError, match="closed"):
        ledger.note("opened")
    assert Ledger(tmp_path).account.lane == 1


def test_the_events_of_an_earlier_version_are_read(tmp_path):
    Ledger(tmp_path).close()
    (events,) = tmp_path.glob("events-*.jsonl")
    events.write_text('["opened"]\n["opened"]\n["opened"')
    assert Ledger(tmp_path).account.lane == 2


def test_a_full_disk_is_an_error_and_counts_for_nothing_later(tmp_path, monkeypatch):
    ledger = Ledger(tmp_path)
    ledger.note("opened")
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:9]))
    with pytest.raises(OSError, match="No space left"):
        ledger.note("opened")
    monkeypatch.undo()
    assert Ledger(tmp_path).account.lane == 1


def test_what_a_lost_machine_leaves_empty_is_begun_anew(tmp_path):
    (tmp_path / "account.json").write_text("")
    assert not Ledger(tmp_path).found
    assert Ledger(tmp_path).found
