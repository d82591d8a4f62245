# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a backup costs beside plain copies: `python -m tests.benchmarks.backup [MB] [S3 TARGET]`.

Makes log files of 1 kB JSON records in six partitions, and measures each in a process of its own:
`cp` with fsync, the same files through `Store.put` as they are, a first backup (compressed
and not), a second one with nothing new, one with 1 % new, a verification. Prints a JSON line for
each target: seconds, CPU seconds and resident MB of the process, and bytes in the store. The S3
target is a file with the JSON of a `Target`; CPU seconds of its server are not in the figures.
"""

from __future__ import annotations

import datetime
import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
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
from dataops.objectstore import Target, open_store
from dataops.testing.logs import batch, record, write_partition

PARTITIONS = 6
PER_BATCH = 16
SEGMENT = 64 << 20
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


def back_up(data: Path, target: Target, cluster: str, ends: dict[str, int], zip_: bool) -> None:
    """A backup from beginning to end."""
    shelf = Shelf(open_store(target), cluster)
    begun = Begun(
        id=new_id(NOW, shelf.backups()),
        cluster=Cluster(id=cluster, application="kafka"),
        began=NOW,
        shares=finishing.shares({("orders", n): 0 for n in range(PARTITIONS)}, {0: "kafka/0"}),
        topics=(Topic(name="orders", id="A" * 22, partitions=PARTITIONS),),
    )
    pruning.begin(shelf, begun)

    def ask(wanted: Iterable[tuple[str, int]]) -> Marks:
        return Marks(
            at=NOW, partitions={name: Mark(log_start=0, end=end) for name, end in ends.items()}
        )

    job = Job(data=data, state=data.parent / f"state-{cluster}", ask=ask)
    with Shipper(shelf, key=KEY, compress=zip_) as shipper:
        take(shelf, shipper, begun, begun.shares[0], job, seal=False)
    finishing.finish(shelf, begun.id, ["orders"], NOW)


def verify(target: Target, cluster: str) -> None:
    """The newest backup, read whole."""
    shelf = Shelf(open_store(target), cluster)
    manifest = shelf.need(Manifest, manifest_key(shelf.backups()[-1]))
    assert Verification(shelf, KEY).run(manifest, "bench", NOW).well


def _child(work: Callable[..., None], arguments: tuple[Any, ...], answers: Any) -> None:
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


def beyond(found: dict[str, Any]) -> list[str]:
    """Which figures of a target are beyond their limits."""
    plain, least = (found["cp"], 0.5) if "local" in found["target"] else (found["plain"], 0.8)
    first = found["raw"]["seconds"]
    wrong = [] if plain["seconds"] >= least * first else ["the speed of a first backup"]
    if found["one-percent"]["seconds"] > 0.03 * found["zstd"]["seconds"]:
        wrong.append("the time for one percent")
    if found["zstd"]["mb"] > 200:
        wrong.append("memory")
    return wrong if found["stored"] <= found["bytes"] / 2.8 else [*wrong, "size"]


def main(megabytes: int, targets: Iterable[Target]) -> int:
    wrong: list[str] = []
    place = Path(tempfile.mkdtemp(prefix="backup-", dir=os.environ.get("BENCH_DIRECTORY")))
    try:
        data = place / "kafka"
        ends = make(data, megabytes)
        size = sum(path.stat().st_size for path in data.rglob("*.log"))
        subprocess.run(["sync"], check=True)
        found: dict[str, Any] = {"bytes": size, "cp": measured(copy, data, place / "copy")}
        shutil.rmtree(place / "copy")
        (place / "local").mkdir()
        for target in (Target(kind="local", directory=str(place / "local")), *targets):
            found["target"] = target.describe()
            found["plain"] = measured(upload, data, target)
            found["raw"] = measured(back_up, data, target, "raw", ends, False)
            found["zstd"] = measured(back_up, data, target, "zstd", ends, True)
            found["again"] = measured(back_up, data, target, "zstd", ends, True)
            ends = grow(data, ends, 0.01)
            found["one-percent"] = measured(back_up, data, target, "zstd", ends, True)
            found["verify"] = measured(verify, target, "zstd")
            found["stored"] = stored(target, "zstd")
            found["beyond"] = beyond(found)
            wrong += found["beyond"]
            print(json.dumps(found), flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.exit(
        main(size, [Target.model_validate_json(Path(one).read_bytes()) for one in sys.argv[2:]])
    )
