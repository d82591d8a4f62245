# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A broker's directory without a broker, and a store in a directory."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dataops.backup import finishing, pruning
from dataops.backup.catalogue import Verdict
from dataops.backup.manifest import (
    Begun,
    Cluster,
    Group,
    GroupOffset,
    Manifest,
    Part,
    Topic,
    manifest_key,
    new_id,
)
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Mark, Marks, take
from dataops.backup.verification import Verification
from dataops.objectstore import Store, Target, open_store
from dataops.testing.logs import batch, record, write_partition

NOW = datetime.datetime(2026, 11, 22, 12, 0, 0, tzinfo=datetime.timezone.utc)
TOPIC_ID = "A" * 22


def log(first: int, last: int, size: int = 50) -> bytes:
    """Batches of two records each."""
    return b"".join(
        batch([record(n, b"%d" % n * size), record(n + 1)]) for n in range(first, last, 2)
    )


@dataclasses.dataclass
class Broker:
    """What a backup sees of a broker.

    Attributes:
        ends: high watermarks by partition.
    """

    root: Path
    store: Store
    ends: dict[tuple[str, int], int]
    key: Key = dataclasses.field(default_factory=Key.new)
    now: datetime.datetime = NOW
    starts: dict[tuple[str, int], int] = dataclasses.field(default_factory=dict)
    told: list[str] = dataclasses.field(default_factory=list)
    groups: tuple[Group, ...] = (
        Group(
            name="readers",
            offsets=(
                GroupOffset(topic="orders", partition=0, offset=4, metadata="x"),
                GroupOffset(topic="other", partition=9, offset=1),
            ),
        ),
    )

    @property
    def data(self) -> Path:
        return self.root / "kafka"

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.store, "cluster-id")

    def write(self, name: str, *files: tuple[int, bytes]) -> None:
        """Log files of a partition, all of which count."""
        shutil.rmtree(self.data / name, ignore_errors=True)
        write_partition(self.data / name, dict(files))

    def ask(self, wanted: Iterable[tuple[str, int]]) -> Marks:
        """What the leaders say."""
        marks = {
            f"{topic}-{index}": Mark(
                log_start=self.starts.get((topic, index), 0), end=self.ends[topic, index]
            )
            for topic, index in wanted
            if (topic, index) in self.ends
        }
        return Marks(at=self.now, partitions=marks, metadata_end=7)

    def begin(self) -> Begun:
        begun = self.plan()
        pruning.begin(self.shelf, begun)
        return begun

    def plan(self) -> Begun:
        self.now += datetime.timedelta(minutes=1)
        names = sorted({topic for topic, _ in self.ends})
        return Begun(
            id=new_id(self.now),
            cluster=Cluster(id="cluster-id", application="kafka"),
            began=self.now,
            shares=finishing.shares(dict.fromkeys(self.ends, 0), {0: "kafka/0"}),
            topics=tuple(
                Topic(
                    name=name,
                    id=TOPIC_ID,
                    partitions=sum(topic == name for topic, _ in self.ends),
                    configs={"cleanup.policy": "compact"},
                )
                for name in names
            ),
            groups=self.groups,
        )

    def copy(self, begun: Begun, *, seal: bool = False, **more: Any) -> Part:
        job = Job(
            data=self.data,
            state=self.root / "backup",
            ask=more.pop("ask", self.ask),
            tell=lambda text, done: self.told.append(text),
            **more,
        )
        with Shipper(self.shelf, key=self.key) as shipper:
            return take(self.shelf, shipper, begun, begun.shares[0], job, seal)

    def finish(self, begun: Begun) -> Manifest:
        return finishing.finish(self.shelf, begun.id, {t for t, _ in self.ends}, self.now)

    def back_up(self, *, seal: bool = False, records: bool = True) -> Manifest:
        begun = self.begin()
        self.copy(begun, seal=seal, records=records)
        return self.finish(begun)

    def verify(self, manifest: Manifest, **more: Any) -> Verdict:
        more.setdefault("key", self.key)
        return Verification(self.shelf, **more).run(manifest, "kafka/0", self.now)

    def manifest(self, backup: str) -> Manifest:
        return self.shelf.need(Manifest, manifest_key(backup))

    def age(self, hours: float) -> None:
        """Every object was written so many hours ago."""
        for path in self.objects():
            was = path.stat().st_mtime - hours * 3600
            os.utime(path, (was, was))

    def objects(self) -> list[Path]:
        """Files of the store that hold pieces."""
        place = self.root / "store" / "cluster-id" / "segments"
        return sorted(path for path in place.rglob("*") if path.is_file())


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    """Two closed files and an open one, an empty partition, and the cluster's metadata."""
    (tmp_path / "store").mkdir()
    made = Broker(
        tmp_path,
        open_store(Target(kind="local", directory=str(tmp_path / "store"))),
        {("orders", 0): 30, ("empty", 0): 0},
    )
    made.write("orders-0", (0, log(0, 10)), (10, log(10, 20)), (20, log(20, 32)))
    made.write("empty-0", (0, b""))
    made.write("__cluster_metadata-0", (0, b"secret verifier of a user"))
    (
        made.data / "__cluster_metadata-0" / "00000000000000000007-0000000001.checkpoint"
    ).write_bytes(b"secret verifier in a snapshot")
    return made
