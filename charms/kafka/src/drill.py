# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The rehearsal of a disaster: the newest backup, restored beside the live cluster and compared.

The live cluster is only asked where its logs end and what their last records are; the rehearsal's
own cluster has another id, another address and keys that nobody else trusts. Knows no Juju.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import drill_checks
import drill_clients
import drill_estate
import drill_readable
import group_admin
from admin import connect
from cluster_id import new_cluster_id
from dataops.backup.manifest import Manifest, Partition
from dataops.backup.metadata import Image
from dataops.backup.restoration import (
    Blueprint,
    Pieces,
    Placed,
    Wish,
    blueprint,
    content_on_disk,
    furnish,
    groups,
    image_of,
)
from drill_checks import Measured, Portion
from drill_clients import Place
from drill_cluster import NODE, DrillCluster
from listeners import INTERNAL_PORT

# Records of each partition that are compared with the live ones: the newest that both have.
_SAMPLE = 500
# Bytes of records that a client reads back to the hashes in the manifest.
_HASHED = 64 << 20
# Of Kafka's kinds of resources: options of brokers.
_BROKERS = 4


def alone(image: Image) -> Image:
    """The metadata for one broker, without anybody's logins."""
    # With what many brokers demand, one would never acknowledge where a group goes on.
    brokers = {(_BROKERS, ""): {"min.insync.replicas": "1"}}
    kept = {key: each for key, each in image.configs.items() if key[0] != _BROKERS}
    return dataclasses.replace(image, scram={}, tokens={}, configs={**kept, **brokers})


@dataclasses.dataclass(frozen=True)
class Live:
    """The cluster that the rehearsal pretends to be lost.

    Attributes:
        addresses: of its brokers.
        etc: where the certificate for it is.
    """

    addresses: tuple[str, ...]
    etc: Path

    @property
    def servers(self) -> list[str]:
        """Its internal listeners."""
        return [f"{address}:{INTERNAL_PORT}" for address in self.addresses]

    def ends(self) -> dict[Place, tuple[int, int]]:
        """The first and the next offset of every partition."""
        client = connect(self.servers, self.etc)
        try:
            return group_admin.bounds(client, group_admin.partitions(client))
        finally:
            client.close()


@dataclasses.dataclass(frozen=True)
class Drilled:
    """What a rehearsal found.

    Attributes:
        backup: id.
        measured: what it took.
        partitions: restored and compared, byte by byte.
        bytes: of them.
        sampled: records that were also compared with the live ones, as a client reads both.
        hashed: records that a client read back to the hash that the manifest has of them.
        groups, acls, topics: compared.
        resumed: where a group went on and really read, such as `orders-0 at 7`; or empty.
        problems: what is not as it has to be.
        readable: for whoever comes through the cluster's door.
    """

    backup: str
    measured: Measured
    partitions: int
    bytes: int
    sampled: int
    hashed: int
    groups: int
    acls: int
    topics: int
    resumed: str
    problems: tuple[str, ...]
    readable: tuple[Portion, ...] = ()


@dataclasses.dataclass(frozen=True)
class Drill:
    """One rehearsal.

    Attributes:
        manifest: of the backup.
        pieces: its objects.
        live: what it is compared with.
        cluster: the place of the rehearsal's own.
        tell: takes where it is.
    """

    manifest: Manifest
    pieces: Pieces
    live: Live
    cluster: DrillCluster
    tell: Callable[[str], None]

    def run(self) -> Drilled:
        """The whole rehearsal.

        Raises:
            RestoreError, StoreError, ScratchError, ProgramError, ClusterError, KafkaError: it
                cannot be done; the caller removes what was made.
        """
        # The newest records that count are those of the moment at which all is declared lost.
        ends, declared = self.live.ends(), time.monotonic()
        at = time.time()
        plan, placed = self._restore()
        client = connect([self.cluster.endpoint], self._etc)
        try:
            self.tell("elects leaders")
            drill_estate.lead(client)
            bounds = {(one.topic, one.index): (one.start, one.end) for one in placed}
            consumed, produced = self._first_records(bounds, declared)
            told = groups(self.manifest, bounds)
            self.tell("compares")
            group_admin.tell(client, told)
            wanted = drill_checks.expected(plan.image, told)
            found = drill_estate.estate(client, wanted.groups)
            if self.cluster.door:
                drill_estate.let_read(client, self.cluster.door.name)
        finally:
            client.close()
        problems = list(drill_checks.differences(wanted, found))
        problems += self._compared_on_disk(plan)
        sampled, differing = self._sampled(bounds, ends)
        hashed, changed = self._hashed(bounds)
        resumed, lost_group = self._resumed(told, bounds)
        lost, lost_ms = self._lost(bounds, ends, at)
        return Drilled(
            backup=self.manifest.id,
            measured=Measured(produced, consumed, lost, lost_ms),
            partitions=len(placed),
            bytes=sum(one.bytes for one in placed),
            sampled=sampled,
            hashed=hashed,
            groups=len(wanted.groups),
            acls=len(wanted.acls),
            topics=len(wanted.topics),
            resumed=resumed,
            problems=(*problems, *differing, *changed, *lost_group),
            readable=(
                drill_readable.readable(self._restored(bounds), bounds, self._clients)
                if self.cluster.door
                else ()
            ),
        )

    @property
    def _etc(self) -> Path:
        return self.cluster.paths.etc

    @property
    def _clients(self) -> dict[str, Any]:
        return drill_clients.settings([self.cluster.endpoint], self._etc)

    def _restore(self) -> tuple[Blueprint, tuple[Placed, ...]]:
        """The backup in the rehearsal's cluster, which runs; nobody's logins are in it."""
        wish = Wish()
        plan = blueprint(self.manifest, image_of(self.manifest, self.pieces), {NODE}, wish)
        plan = dataclasses.replace(plan, image=alone(plan.image))
        self.cluster.furnish()

        def told(done: int, total: int) -> None:
            self.tell(f"restores {done >> 20} of {total >> 20} MiB")

        cluster_id = new_cluster_id()
        with self.cluster.formatted(cluster_id):
            done = furnish(plan, NODE, self.pieces, self.cluster.staging, wish, told)
        if self.cluster.user:
            _give(self.cluster.staging, self.cluster.user)
        self.tell("starts the rehearsal's broker")
        self.cluster.start(cluster_id)
        return plan, done.partitions

    def _first_records(
        self, bounds: Mapping[Place, tuple[int, int]], declared: float
    ) -> tuple[float | None, float]:
        """Seconds until an old record was read, and until a new one was acknowledged."""
        self.tell("reads an old record, and writes a new one")
        consumed = None
        filled = [place for place, (start, end) in sorted(bounds.items()) if start < end]
        if filled:
            with drill_clients.reading(self._clients) as consumer:
                old = drill_clients.first(consumer, filled[0], bounds[filled[0]][0])
                if old is not None:
                    consumed = time.monotonic() - declared
        places = filled or sorted(bounds)
        if places:
            drill_clients.produce(self._clients, places[0])
        return consumed, time.monotonic() - declared

    def _compared_on_disk(self, plan: Blueprint) -> list[str]:
        """Which partitions do not hold the bytes that the manifest's hashes stand for."""
        data = self.cluster.broker.data
        return [
            f"{one.name} has another content than was backed up"
            for one in plan.partitions.values()
            if content_on_disk(one, data) != one.content
        ]

    def _sampled(
        self, bounds: Mapping[Place, tuple[int, int]], ends: Mapping[Place, tuple[int, int]]
    ) -> tuple[int, list[str]]:
        """How many of the newest records are those of the live cluster, and where one is not."""
        theirs = drill_clients.settings(self.live.servers, self.live.etc)
        count, problems = 0, list[str]()
        with (
            drill_clients.reading(self._clients) as mine,
            drill_clients.reading(theirs) as live,
        ):
            for place, (start, end) in sorted(bounds.items()):
                first = max(start, end - _SAMPLE, ends.get(place, (end, 0))[0])
                if first >= end:
                    continue
                here = drill_clients.hashes(mine, place, first, end)
                try:
                    there = drill_clients.hashes(live, place, first, end)
                except drill_clients.GoneError:
                    continue
                both = set(here) & set(there)
                count += len(both)
                if wrong := sorted(one for one in both if here[one] != there[one]):
                    problems.append(
                        f"{place[0]}-{place[1]}: {len(wrong)} records differ from the live ones, "
                        f"the first at offset {wrong[0]}"
                    )
        return count, problems

    def _hashed(self, bounds: Mapping[Place, tuple[int, int]]) -> tuple[int, list[str]]:
        """How many records a client read back to their hash, and where it did not."""
        count, problems = 0, list[str]()
        with drill_clients.reading(self._clients) as consumer:
            for one in drill_checks.portions(self._restored(bounds), _HASHED):
                found = drill_clients.digest(consumer, one.place, one.start, one.end)
                count += found.records
                if found.hexdigest() != one.sha256:
                    problems.append(
                        f"{one.place[0]}-{one.place[1]}: a client reads other records from offset "
                        f"{one.start} to {one.end} than were backed up"
                    )
        return count, problems

    def _restored(self, bounds: Mapping[Place, tuple[int, int]]) -> Iterator[Partition]:
        return (one for one in self.manifest.partitions if (one.topic, one.index) in bounds)

    def _resumed(
        self, told: tuple[Any, ...], bounds: Mapping[Place, tuple[int, int]]
    ) -> tuple[str, list[str]]:
        """Where a consumer of a group went on, and what is wrong with that."""
        for group in told:
            for one in group.offsets:
                place = one.topic, one.partition
                if one.offset >= bounds[place][1]:
                    continue
                with drill_clients.reading(self._clients, group.name) as consumer:
                    message = drill_clients.first(consumer, place, None)
                offset = None if message is None else int(message.offset())
                # Compaction and markers leave gaps: the next record that there is.
                if offset is None or offset < one.offset:
                    return "", [
                        f"group {group.name} goes on at {offset} of {one.topic}-{one.partition}, "
                        f"not at {one.offset}"
                    ]
                return f"{group.name} in {one.topic}-{one.partition} at {offset}", []
        return "", []

    def _lost(
        self,
        bounds: Mapping[Place, tuple[int, int]],
        ends: Mapping[Place, tuple[int, int]],
        declared: float,
    ) -> tuple[int, int]:
        """How many records the backup does not have, and how old the first of them is, in ms."""
        lost, oldest = 0, declared * 1000
        where = drill_clients.settings(self.live.servers, self.live.etc)
        with drill_clients.reading(where) as consumer:
            for place, (start, end) in sorted(ends.items()):
                behind = bounds.get(place, (start, start))[1]
                if behind >= end:
                    continue
                try:
                    message = drill_clients.first(consumer, place, max(behind, start))
                except drill_clients.GoneError:
                    # Nobody has its records any more.
                    continue
                lost += end - max(behind, start)
                if message is not None:
                    oldest = min(oldest, message.timestamp()[1])
        return lost, max(0, round(declared * 1000 - oldest))


def _give(directory: Path, user: str) -> None:
    import shutil

    for path in (directory, *directory.rglob("*")):
        shutil.chown(path, user, user)
