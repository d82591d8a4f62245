# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import functools
import socket
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from dataops.operations import Cancelled, Work
from dataops.snapshot import collect, hand_over, job
from dataops.snapshot.address import Collector
from dataops.snapshot.collect import Limits
from dataops.snapshot.job import Spec


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[Spec]:
    with socket.socket() as silent:
        # It is ours, and nobody listens.
        silent.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        nobody = Collector(address=address, fingerprint="0" * 64, token="t0ken-of-this")
        root = tmp_path / "unit-kafka-0" / "workload"
        yield Spec(unit="kafka/0", root=root, collector=nobody)


def gather(collection: Any, spec: Spec) -> str:
    collection.text("own.txt", lambda: "own")
    return "all is quiet"


def test_where_nobody_takes_it_the_archive_stays_and_says_how_to_fetch_it(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = functools.partial(hand_over.hand_over, seconds=0.1)
    monkeypatch.setattr(hand_over, "hand_over", brief)
    told: list[str] = []
    result = job.run(Work(spec, tell=lambda text, done: told.append(text)), gather)
    assert not result.uploaded
    assert result.reason and "cannot be reached" in result.reason
    assert result.archive and Path(result.archive).is_file()
    assert result.fetch == f"juju scp kafka/0:{result.archive} ."
    assert result.state == "all is quiet"
    assert told[-1] == "uploads"
    assert "t0ken" not in result.model_dump_json()
    assert "t0ken" not in repr(spec)


def test_a_workload_that_answers_late_takes_no_time_from_the_logs(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "Limits", functools.partial(Limits, part_seconds=0.5))
    spec.paths.log.mkdir(parents=True)
    (spec.paths.log / "server.log").write_text("ERROR Disk 7 is full\n")
    never = threading.Event()

    def late(collection: Any, spec: Spec) -> str:
        for name in ("first.txt", "second.txt"):
            collection.text(name, lambda: never.wait(60))
        return "it answers late"

    alone = spec.model_copy(update={"unit": "nobody-else/0", "collector": None})
    result = job.run(Work(alone), late)
    never.set()
    assert [line.partition(":")[0] for line in result.missing[:2]] == ["first.txt", "second.txt"]
    assert "logs/server.log" in _names(Path(result.archive or ""))


def _names(archive: Path) -> str:
    """What lies in an archive, a line each."""
    with (
        archive.open("rb") as packed,
        zstandard.ZstdDecompressor().stream_reader(packed) as plain,
        tarfile.open(fileobj=plain, mode="r|") as found,
    ):
        return "\n".join(found.getnames())


def test_taken_by_the_collector_nothing_stays(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Path] = []
    monkeypatch.setattr(hand_over, "hand_over", lambda archive, unit, to: taken.append(archive))
    result = job.run(Work(spec), gather)
    assert result.uploaded
    assert (result.archive, result.fetch, result.reason) == (None, None, None)
    assert not taken[0].exists()


def test_called_off_it_ends_soon_and_begins_anew_from_nothing(spec: Spec) -> None:
    with pytest.raises(Cancelled):
        job.run(Work(spec, asked_to_end=lambda: True), gather)
    left = spec.root / "snapshot" / "kafka-0"
    (left / "half").write_text("x")
    quiet = spec.model_copy(update={"collector": None})
    result = job.run(Work(quiet, restarted=True), gather)
    assert not left.exists()
    assert result.reason == "no collector was given"
