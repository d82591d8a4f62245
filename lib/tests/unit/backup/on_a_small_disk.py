# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A backup into a file system of one megabyte, which becomes larger. `test_taking` runs this."""

import datetime
import pathlib
import random
import subprocess
import sys

from dataops.backup.catalogue import newest_good
from dataops.backup.finishing import finish, shares
from dataops.backup.manifest import Begun, Cluster, Topic
from dataops.backup.pruning import begin
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Mark, Marks, take
from dataops.objectstore import Full, Target, open_store
from dataops.testing.logs import batch, record, write_partition


def main(root: pathlib.Path) -> None:
    """Fills it, sees that nothing is spoilt, makes room, and goes on."""
    small = root / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(small)], check=True)
    noise = random.Random(1).randbytes
    log = b"".join(batch([record(n, noise(100_000))]) for n in range(30))
    data = root / "broker" / "kafka"
    write_partition(data / "big-0", {0: log})
    write_partition(data / "__cluster_metadata-0", {0: b"secret"})
    now = datetime.datetime.now(datetime.timezone.utc)
    shelf = Shelf(open_store(Target(kind="local", directory=str(small))), "cluster")
    begun = Begun(
        id="20261122T120000Z",
        cluster=Cluster(id="cluster", application="kafka"),
        began=now,
        shares=shares({("big", 0): 0}, {0: "kafka/0"}),
        topics=(Topic(name="big", id="A" * 22, partitions=1),),
    )
    begin(shelf, begun)
    marks = Marks(at=now, partitions={"big-0": Mark(log_start=0, end=30)})
    job = Job(data=data, state=root / "broker" / "backup", ask=lambda wanted: marks)
    key = Key.new()

    def part() -> None:
        with Shipper(shelf, key=key) as shipper:
            take(shelf, shipper, begun, begun.shares[0], job, False)

    try:
        part()
    except Full as error:
        print(error)
    assert newest_good(shelf) is None
    assert (data / "big-0" / f"{0:020}.log").read_bytes() == log
    subprocess.run(["mount", "-o", "remount,size=9m", str(small)], check=True)
    part()
    finish(shelf, begun.id, ["big"], now)
    assert newest_good(shelf).id == begun.id
    print("whole")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
