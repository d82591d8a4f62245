# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The demo's events and the figures that they must add up to."""

import json

import pandas as pd
import pytest

from tools.demo.feed import unsent
from tools.demo.flights import Hour, events, hourly, load
from tools.demo.results import compare, window


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return load()


def test_the_whole_data_set_in_order_of_event_time(frame: pd.DataFrame) -> None:
    assert len(frame) == 336_776
    assert frame["event_time"].is_monotonic_increasing


def test_an_event_is_keyed_json_with_whole_numbers_and_nulls(frame: pd.DataFrame) -> None:
    cancelled = frame[frame["dep_time"].isna()].head(1)
    event = next(events(cancelled, 3))
    flight = json.loads(event.value)
    assert event.key == f"{flight['carrier']}{flight['flight']}".encode()
    assert flight["dep_delay"] is None
    assert isinstance(flight["flight"], int)
    assert flight["event_time"].endswith("Z")


def test_a_key_keeps_to_one_partition(frame: pd.DataFrame) -> None:
    seen: dict[bytes, int] = {}
    for event in events(frame.head(5000), 3):
        if event.key != b"EOS":
            assert seen.setdefault(event.key, event.partition) == event.partition
    assert set(seen.values()) == {0, 1, 2}


@pytest.mark.parametrize("present", [[0, 0, 0], [7, 0, 3], [100, 100, 100]])
def test_an_interrupted_feed_sends_exactly_the_rest(
    frame: pd.DataFrame, present: list[int]
) -> None:
    some = frame.head(1000)
    everything = list(events(some, 3))
    rest = list(unsent(some, present))
    assert len(rest) == len(everything) - sum(present)
    for partition, count in enumerate(present):
        whole = [e for e in everything if e.partition == partition]
        assert [e for e in rest if e.partition == partition] == whole[count:]


def test_a_whole_feed_makes_no_event_again(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = frame.head(1000)
    present = [0, 0, 0]
    for event in events(some, 3):
        present[event.partition] += 1
    monkeypatch.setattr("tools.demo.feed.events", None)
    assert not list(unsent(some, present))


def test_figures_of_one_hour() -> None:
    times = pd.to_datetime(["2013-01-01T10:05Z", "2013-01-01T10:59Z", "2013-01-01T11:00Z"])
    rows = pd.DataFrame(
        {
            "origin": ["EWR", "EWR", "EWR"],
            "flight": [1, 2, 3],
            "dep_delay": [5.0, None, -2.0],
            "event_time": times,
        }
    )
    assert hourly(rows) == {
        ("EWR", "2013-01-01T10:00:00Z"): Hour(2, 1, 5),
        ("EWR", "2013-01-01T11:00:00Z"): Hour(1, 0, -2),
    }


def test_a_difference_is_counted_and_named() -> None:
    a, b, c = ("EWR", "1"), ("JFK", "1"), ("LGA", "1")
    expected = {a: Hour(2, 0, 5), b: Hour(1, 0, 0), c: Hour(1, 1, 0)}
    found = {a: Hour(2, 0, 5), b: Hour(1, 0, 9)}
    verdict = compare(found, expected, 2)
    assert (verdict.equal, verdict.different, verdict.missing) == (1, (b,), 1)
    assert not verdict.agrees
    assert compare(expected, expected, 3).agrees


def test_a_window_without_departures_has_no_delay() -> None:
    value = b'{"origin":"EWR","hour":"2013-01-01T10:00:00Z","flights":1,"cancelled":1}'
    assert window(value) == (("EWR", "2013-01-01T10:00:00Z"), Hour(1, 1, 0))
