# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a backup costs beside plain copies: `python -m tests.benchmarks.backup [MB ...]`.

Makes log files of 1 kB JSON records in six partitions, and measures each piece of work in a
process of its own, those that are compared in turns, each target by itself: a directory, and an S3
store of versitygw where that is at hand. `plain` is `cp` with fsync, or the same files through
`Store.put` as they are; `raw` and `zstd` are first backups without a pace, `hashed` is one with
records=always and compression, then come one with 1 % new data and a verification. Prints a JSON
line for each size and target: median seconds, CPU seconds (of the store, too), resident MB of the
process, bytes in the store, how many wanted a CPU, and what is beyond its limit; and at the end,
of several sizes, how the time for a byte of the largest compares with the smallest's.
"""

from __future__ import annotations

import datetime
import json
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dataops.backup import finishing, pruning
from dataops.backup.batches import survey
from dataops.backup.manifest import Begun, Cluster, Manifest, Topic, manifest_key, new_id
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Mark, Marks, take
from dataops.backup.verification import Verification
from dataops.objectstore import Pace, Target, open_store
from dataops.testing.logs import batch, record, write_partition
from tests.benchmarks.stores import Running, versitygw

PARTITIONS = 6
PER_BATCH = 16
SEGMENT = 64 << 20
TURNS = 2
KEY = Key(bytes(32))
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)


def records(count: int, first: int, seed: int) -> bytes:
    """Batches of JSON records of a kilobyte, which zstd makes about three times smaller."""
    source = random.Random(seed)
    return b"".join(
        batch([record(n + i, _json(source, n + i)) for i in range(PER_BATCH)])
        for n in range(first, first + count, PER_BATCH)
    )


def _json(source: random.Random, number: int) -> bytes:
    value = {"order": number, "customer": source.randrange(10**6), "items": []}
    value["items"] = [
        {"sku": f"sku-{source.randrange(10**9)}", "amount": source.randrange(100), "price": "9.99"}
        for _ in range(10)
    ]
    value["token"] = f"{source.getrandbits(1600):0400x}"
    return json.dumps(value).encode()


def make(data: Path, megabytes: int) -> dict[str, int]:
    """Log files, and how many records each partition has."""
    count = megabytes * 1000 // PARTITIONS // PER_BATCH * PER_BATCH
    for index in range(PARTITIONS):
        log, files = records(count, 0, index), dict[int, bytes]()
        size = len(log) // max(1, len(log) // SEGMENT)
        position = 0
        while position < len(log):
            part = survey(log[position : position + 2 * size], most=size)
            base = int.from_bytes(log[position : position + 8], "big")
            files[base] = log[position : position + part.size]
            position += part.size
        write_partition(data / f"orders-{index}", files)
    write_partition(data / "__cluster_metadata-0", {0: b"metadata"})
    return {f"orders-{index}": count for index in range(PARTITIONS)}


def grow(data: Path, ends: dict[str, int], share: float) -> dict[str, int]:
    """One hundredth more."""
    for name, end in ends.items():
        count = max(PER_BATCH, int(end * share) // PER_BATCH * PER_BATCH)
        with sorted((data / name).glob("*.log"))[-1].open("ab") as file:
            file.write(records(count, end, 99))
        ends[name] = end + count
    return dict(ends)


def copy(data: Path, target: Path) -> None:
    """As a careful person does it."""
    shutil.copytree(data, target)
    for path in target.rglob("*.log"):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def upload(data: Path, target: Target) -> None:
    """The same files through the same library, as they are."""
    store = open_store(target)
    for path in sorted(data.rglob("*.log")):
        store.put(f"plain/{path.parent.name}/{path.name}", path)


def back_up(
    data: Path,
    target: Target,
    cluster: str,
    ends: dict[str, int],
    zip_: bool,
    records: bool = False,
    topic_id: str = "A" * 22,
    pace: float | None = None,
) -> None:
    """A backup from beginning to end, as a unit's job takes it."""
    shelf = Shelf(open_store(target), cluster)
    begun = Begun(
        id=new_id(NOW, shelf.backups()),
        cluster=Cluster(id=cluster, application="kafka"),
        began=NOW,
        shares=finishing.shares({("orders", n): 0 for n in range(PARTITIONS)}, {0: "kafka/0"}),
        topics=(Topic(name="orders", id=topic_id, partitions=PARTITIONS),),
    )
    pruning.begin(shelf, begun)

    def ask(wanted: Iterable[tuple[str, int]]) -> Marks:
        return Marks(
            at=NOW,
            partitions={name: Mark(log_start=0, end=end) for name, end in ends.items()},
            metadata_end=1 << 40,
        )

    job = Job(data=data, state=data.parent / f"state-{cluster}", ask=ask, records=records)
    with Shipper(shelf, key=KEY, compress=zip_, pace=Pace(pace)) as shipper:
        take(shelf, shipper, begun, begun.shares[0], job, seal=False)
    finishing.finish(shelf, begun.id, ["orders"], NOW)


def verify(target: Target, cluster: str) -> None:
    """The newest backup, read whole."""
    shelf = Shelf(open_store(target), cluster)
    manifest = shelf.need(Manifest, manifest_key(shelf.backups()[-1]))
    assert Verification(shelf, KEY).run(manifest, "bench", NOW).well


def _child(work: Callable[..., None], arguments: tuple[Any, ...], answers: Any) -> None:
    # As a job does, which leaves the CPU to the broker; what it is compared with, too.
    os.nice(10)
    began, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    work(*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    answers.put(
        {
            "seconds": round(time.monotonic() - began, 2),
            "cpu": round(used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime, 2),
            "mb": _most_memory(),
        }
    )


def _most_memory() -> int:
    """Resident MB at most; `getrusage` counts what the parent had, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1000


def measured(work: Callable[..., None], *arguments: Any) -> dict[str, float]:
    """One piece of work in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    child = context.Process(target=_child, args=(work, arguments, answers))
    child.start()
    child.join()
    assert child.exitcode == 0
    return answers.get()


def stored(target: Target, cluster: str) -> int:
    """Bytes of all pieces."""
    return sum(one.size for one in open_store(target).list(f"{cluster}/segments"))


def median(several: Iterable[dict[str, float]]) -> dict[str, float]:
    """Of each figure; of memory the most."""
    found = list(several)
    made = {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}
    return {**made, "mb": max(one["mb"] for one in found)}


def beyond(found: dict[str, Any]) -> list[str]:
    """Which figures of a target are beyond their limits."""
    wrong: list[str] = []
    if "s3" in found["target"]:
        for way in ("raw", "zstd"):
            wrong += [f"speed of {way}"] if found[way]["speed"] < 0.8 else []
            wrong += [f"CPU of {way}"] if found[way]["work"] > 1.3 else []
    else:
        wrong += [f"speed of {way}" for way in ("raw", "zstd") if found[way]["speed"] < 0.5]
    if found["one-percent"]["seconds"] > 0.03 * found["zstd"]["seconds"]:
        wrong.append("the time for one percent")
    if max(found[way]["mb"] for way in ("raw", "zstd", "one-percent")) > 200:
        wrong.append("memory")
    return wrong if found["stored"] <= found["bytes"] / 2.8 else [*wrong, "size"]


def compared(
    ways: dict[str, Callable[[], dict[str, float]]],
    store: Running | None,
    clear: Callable[[], None],
) -> dict[str, dict[str, float]]:
    """Each way in turns, forth and back; the first is what the others are held against."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for turn in range(2 * TURNS):
        for name in list(ways) if turn % 2 == 0 else reversed(list(ways)):
            clear()
            os.sync()
            before = store.cpu if store else 0.0
            one = ways[name]()
            one["cpu"] += (store.cpu if store else 0.0) - before
            seen[name].append(one)
    found = {name: median(several) for name, several in seen.items()}
    first, *others = found
    for name in others:
        pairs = list(zip(seen[first], seen[name], strict=True))
        found[name]["speed"] = round(
            statistics.median(a["seconds"] / b["seconds"] for a, b in pairs), 2
        )
        found[name]["work"] = round(statistics.median(b["cpu"] / a["cpu"] for a, b in pairs), 2)
    return found


def measure(place: Path, target: Target, store: Running | None, megabytes: int) -> dict[str, Any]:
    """One size and one target."""
    data = place / "kafka"
    ends = make(data, megabytes)
    size = sum(path.stat().st_size for path in data.rglob("*.log"))

    def clear() -> None:
        everything = open_store(target)
        everything.delete([one.key for one in everything.list()])
        for path in (place / "copy", *place.glob("state-*")):
            shutil.rmtree(path, ignore_errors=True)

    ways: dict[str, Callable[[], dict[str, float]]] = {
        "plain": lambda: (
            measured(upload, data, target) if store else measured(copy, data, place / "copy")
        ),
        "raw": lambda: measured(back_up, data, target, "raw", ends, False),
        "zstd": lambda: measured(back_up, data, target, "zstd", ends, True),
        "hashed": lambda: measured(back_up, data, target, "hashed", ends, True, True),
    }
    found: dict[str, Any] = {
        "target": "s3" if store else "directory",
        "bytes": size,
        **compared(ways, store, clear),
    }
    clear()
    measured(back_up, data, target, "zstd", ends, True)
    grown: list[dict[str, float]] = []
    for _ in range(TURNS):
        ends = grow(data, ends, 0.01)
        grown.append(measured(back_up, data, target, "zstd", ends, True))
    found["one-percent"] = median(grown)
    found["verify"] = measured(verify, target, "zstd")
    found["stored"] = stored(target, "zstd")
    found["beyond"] = beyond(found)
    found["load"] = round(os.getloadavg()[0], 1)
    shutil.rmtree(data)
    clear()
    return found


def main(sizes: Iterable[int]) -> int:
    """Every size, into a directory and into a store."""
    wrong: list[str] = []
    seen: dict[str, list[float]] = {}
    place = Path(tempfile.mkdtemp(prefix="backup-", dir=os.environ.get("BENCH_DIRECTORY")))
    try:
        (place / "local").mkdir()
        with versitygw(place / "s3") as store:
            targets = [(Target(kind="local", directory=str(place / "local")), None)]
            targets += [(store.target, store)] if store else []
            for megabytes in sizes:
                for target, running in targets:
                    found = measure(place, target, running, megabytes)
                    wrong += found["beyond"]
                    several = seen.setdefault(found["target"], [])
                    several.append(found["zstd"]["seconds"] / found["bytes"])
                    print(json.dumps(found), flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    grown = {name: round(each[-1] / each[0], 2) for name, each in seen.items()}
    print(json.dumps({"time for a byte, last size to first": grown}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]] or [1000]))
