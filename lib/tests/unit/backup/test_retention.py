# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

from hypothesis import given
from hypothesis import strategies as st

from dataops.backup.catalogue import Entry, State, Verdict
from dataops.backup.manifest import new_id
from dataops.backup.retention import to_remove

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)


def made(days: float, state: State = State.GOOD, well: bool | None = None) -> Entry:
    """A backup of so many days ago."""
    began = NOW - datetime.timedelta(days=days)
    name = new_id(began)
    verdict = None if well is None else Verdict(id=name, at=NOW, by="kafka/0", well=well)
    return Entry(id=name, state=state, began=began, verified=verdict)


backups = st.lists(
    st.builds(
        made,
        st.integers(0, 60),
        st.sampled_from(State),
        st.none() | st.booleans(),
    ),
    max_size=8,
    unique_by=lambda entry: entry.id,
)


@given(backups, st.integers(0, 4), st.integers(0, 40))
def test_the_last_good_ones_never_go(found: list[Entry], last: int, days: int) -> None:
    gone = to_remove(found, keep_last=last, keep_days=days, now=NOW)
    good = sorted(entry.id for entry in found if entry.state is State.GOOD)
    proved = sorted(e.id for e in found if e.state is State.GOOD and e.proved)
    assert not set(good[-max(1, last) :]) & set(gone)
    assert not set(proved[-1:]) & set(gone)
    young = {
        e.id for e in found if (NOW - e.began).days < days and e.state is not State.UNFINISHED
    }
    assert not young & set(gone)
    assert not {entry.id for entry in found if entry.state is State.NEWER} & set(gone)
    assert list(gone) == sorted(gone)


def test_what_is_neither_young_nor_among_the_newest_goes() -> None:
    found = [made(day) for day in (40, 30, 20, 10, 1)]
    assert to_remove(found, keep_last=2, keep_days=15, now=NOW) == tuple(e.id for e in found[:3])


def test_the_newest_that_was_proved_stays_beside_newer_ones() -> None:
    found = [made(50, well=True), made(40), made(30, well=False)]
    assert to_remove(found, keep_last=1, keep_days=0, now=NOW) == (found[1].id,)


def test_what_was_given_up_goes_and_what_runs_stays() -> None:
    found = [made(3, State.UNFINISHED), made(0.1, State.UNFINISHED), made(0)]
    assert to_remove(found, keep_last=1, keep_days=30, now=NOW) == (found[0].id,)
