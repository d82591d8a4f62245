# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a restore costs beside a plain copy: `python -m tests.benchmarks.restore [MEGABYTES]`.

The same log files, once as they are and once as a backup in a directory, are brought to an empty
place on the same disk, flushed: by `cp` and `sync`, and by the library, which opens, checks and
walks every batch. Both in turns, A B B A. Prints one JSON line with the seconds of each and the
median of the ratios, copy to restore: 1 is as fast as a copy, and less is slower.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dataops.backup import metadata
from dataops.backup.metadata import record
from dataops.backup.restoration import Pieces, Wish, blueprint, furnish, image_of
from dataops.backup.shelf import Shelf
from dataops.objectstore import Target, open_store
from dataops.testing import logs
from dataops.testing.backups import backup_of

TURNS = 3
PARTITIONS = 6
RECORDS = 100
TOPIC = "AQEBAQEBAQEBAQEBAQEBAQ"


def make(data: Path, megabytes: int) -> None:
    """Log files of records of 1 kB, a hundred in a batch."""
    several = [
        record("FeatureLevelRecord", Name="metadata.version", FeatureLevel=30),
        record("TopicRecord", Name="a", TopicId=TOPIC),
    ]
    for index in range(PARTITIONS):
        several.append(
            record(
                "PartitionRecord", PartitionId=index, TopicId=TOPIC, Replicas=(0,), Isr=(0,),
                RemovingReplicas=(), AddingReplicas=(), Leader=0, LeaderEpoch=5, PartitionEpoch=7,
            )
        )  # fmt: skip
        directory = data / f"a-{index}"
        directory.mkdir(parents=True)
        with (directory / f"{0:020}.log").open("wb") as file:
            base, value = 0, os.urandom(1000)
            while file.tell() < megabytes * 1_000_000 // PARTITIONS:
                batch = [logs.record(base + step, value) for step in range(RECORDS)]
                file.write(logs.batch(batch))
                base += RECORDS
    (data / metadata.DIRECTORY).mkdir()
    content = metadata.write_checkpoint(several, 1)
    (data / metadata.DIRECTORY / f"{0:020}.log").write_bytes(content)


def timed(work: Callable[[Path], None], place: Path) -> float:
    """Seconds, with an empty place before and after."""
    began = time.monotonic()
    work(place)
    taken = time.monotonic() - began
    shutil.rmtree(place)
    return taken


def main(megabytes: int) -> None:
    """Both ways in turns."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        root = Path(name)
        (root / "store").mkdir()
        make(root / "data", megabytes)
        shelf = Shelf(open_store(Target(kind="local", directory=str(root / "store"))), "c")
        manifest = backup_of(root / "data", shelf, piece_size=16 << 20)
        pieces = Pieces(shelf)

        def copy(place: Path) -> None:
            subprocess.run(["cp", "-a", str(root / "data"), str(place)], check=True)
            subprocess.run(["sync", "-f", str(place)], check=True)

        def restore(place: Path) -> None:
            plan = blueprint(manifest, image_of(manifest, pieces), {0}, Wish())
            furnish(plan, 0, pieces, place, Wish())

        ratios, copies, restores = list[float](), list[float](), list[float]()
        for _ in range(TURNS):
            first, *middle, last = (
                timed(work, root / "place") for work in (copy, restore, restore, copy)
            )
            copies += [first, last]
            restores += middle
            ratios.append((first + last) / sum(middle))
    told = {
        "megabytes": megabytes,
        "copy_s": round(statistics.median(copies), 2),
        "restore_s": round(statistics.median(restores), 2),
        "ratio": round(statistics.median(ratios), 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
