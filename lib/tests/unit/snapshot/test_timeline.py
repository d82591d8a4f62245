# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataops.snapshot import timeline
from dataops.snapshot.timeline import Source

AT = datetime.datetime(2026, 11, 22, 18, 43, 13, tzinfo=datetime.timezone.utc)
LINES = {
    "kafka": ("2026-11-22T19:43:13.120+01:00 INFO Starting (kafka.Kafka)", 120_000),
    "kafka by default": ("[2026-11-22 18:43:13,120] INFO Starting", 120_000),
    "spark": ("2026-11-22T18:43:13.001Z WARN Master: Worker lost", 1_000),
    "spark by default": ("26/11/22 18:43:13 INFO Master: up", 0),
    "prometheus": ("ts=2026-11-22T18:43:13.120Z caller=main.go level=info", 120_000),
    "prometheus 3": ('time=2026-11-22T18:43:13.120123456Z level=INFO msg="up"', 120_123),
    "juju": ("2026-11-22 18:43:13 INFO juju-log hello", 0),
    "journal": ("2026-11-22T18:43:13+0000 host systemd[1]: Started", 0),
    "java": ("[2026-11-22T18:43:13.120+0000][info][gc] GC(0) Pause", 120_000),
    "west": ("2026-11-22T13:13:13-05:30 up", 0),
}


@pytest.mark.parametrize(("line", "micros"), LINES.values(), ids=list(LINES))
def test_reads_the_time_of_every_program(line: str, micros: int) -> None:
    assert timeline.moment(line.encode()) == AT.replace(microsecond=micros)


@pytest.mark.parametrize(
    "line", ["\tat java.lang.Thread.run", "", "2026-13-45 99:00:00 x", "at 2026-11-22", "2026"]
)
def test_other_lines_have_none(line: str) -> None:
    assert timeline.moment(line.encode()) is None


def test_a_time_without_a_zone_may_be_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        line = b"2026-11-23 00:13:13,000 INFO exited: broker"
        assert timeline.moment(line, local=True) == AT
        assert timeline.moment(line) != AT
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"2026-11-22T18:43:13Z ERROR Disk error", "error"),
        (b"ts=2026-11-22T18:43:13.120Z caller=x level=error msg=x", "error"),
        (b"[2026-11-22 18:43:13,120] FATAL Exiting Kafka", "error"),
        (b"2026-11-22 18:43:13,120 WARN exited: broker (terminated by SIGKILL)", "warning"),
        (b"2026-11-22 18:43:13 WARNING juju-log x", "warning"),
        (b"2026-11-22 18:43:13 INFO no errors", ""),
        (b"2026-11-22 18:43:13 INFO [Broker] ERROR is only a word here", ""),
        (b"ERROR without a time", ""),
    ],
)
def test_how_grave_a_line_is(line: bytes, expected: str) -> None:
    assert timeline.severity(line) == expected


def source(folder: Path, name: str, text: str) -> Source:
    path = folder / name.replace("/", "-")
    path.write_bytes(text.encode())
    return Source("kafka/0", name, path)


def test_lines_come_in_order_with_their_source(tmp_path: Path) -> None:
    broker = source(
        tmp_path,
        "logs/server.log",
        "cut off\n"
        "2026-11-22T18:43:13.500Z ERROR Uncaught\n"
        "java.lang.Error: x\n"
        "\tat a.b.C\n"
        "2026-11-22T18:43:13.100Z INFO late writer",
    )
    juju = source(tmp_path, "logs/juju.log", "2026-11-22 18:43:13 INFO juju-log hello\n")
    target = tmp_path / "timeline.log"
    assert timeline.write([broker, juju], target) == 5
    stamp = "2026-11-22T18:43:13."
    assert target.read_text().splitlines() == [
        f"{stamp}000000Z kafka/0 logs/juju.log:1 | 2026-11-22 18:43:13 INFO juju-log hello",
        f"{stamp}100000Z kafka/0 logs/server.log:5 | 2026-11-22T18:43:13.100Z INFO late writer",
        f"{stamp}500000Z kafka/0 logs/server.log:2 | 2026-11-22T18:43:13.500Z ERROR Uncaught",
        f"{stamp}500000Z kafka/0 logs/server.log:3 | java.lang.Error: x",
        f"{stamp}500000Z kafka/0 logs/server.log:4 | \tat a.b.C",
    ]


def test_what_is_no_timeline_is_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    timeline.write([source(tmp_path, "a", "2026-11-22T18:43:13Z x\n")], good)
    bad.write_text(f"{good.read_text()}2026-11-22T18:43:12.000000Z kafka/0 a:2 | earlier\n")
    assert timeline.is_timeline(good)
    assert not timeline.is_timeline(bad)
    with pytest.raises(ValueError, match="bad is no timeline"):
        list(timeline.merge([good, bad], tmp_path / "out"))


MOMENTS = st.datetimes(
    min_value=datetime.datetime(2000, 1, 1), max_value=datetime.datetime(2099, 1, 1)
)
# A time without a line of its own, or a line without a time.
RECORDS = st.lists(st.tuples(MOMENTS | st.none(), st.text("abc |{}é", max_size=5)), max_size=12)


@given(st.lists(st.lists(RECORDS, max_size=3), max_size=4))
def test_merging_loses_invents_and_disorders_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    units: list[list[list[tuple[datetime.datetime | None, str]]]],
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    paths: list[Path] = []
    expected: list[str] = []
    for number, logs in enumerate(units):
        sources: list[Source] = []
        for log, records in enumerate(logs):
            lines = [f"{at.isoformat()}Z {text}" if at else f"_{text}" for at, text in records]
            path = folder / f"{number}-{log}"
            path.write_text("".join(f"{line}\n" for line in lines))
            sources.append(Source(f"u/{number}", f"log-{log}", path))
            first = next((n for n, (at, _) in enumerate(records) if at), len(records))
            expected += [
                f"u/{number} log-{log}:{n + 1} | {line}"
                for n, line in enumerate(lines)
                if n >= first
            ]
        paths.append(folder / f"{number}.timeline")
        timeline.write(sources, paths[-1])
    merged = [line.decode() for line in timeline.merge(paths, folder / "all")]
    assert (folder / "all").read_text() == "".join(merged)
    stamps = [line[:27] for line in merged]
    assert stamps == sorted(stamps)
    assert sorted(line[28:-1] for line in merged) == sorted(expected)
    assert timeline.is_timeline(folder / "all")
