# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backups that follow each other, on one unit: `python -m continuous DIRECTORY`.

It ships log files as soon as Kafka has closed them, and does its unit's part of every backup that
runs; on the leader it also begins and ends them. What it is told stands in a file that every hook
writes anew. The store is all that it knows of the other units, so whatever is killed, and whoever
leads, the next turn goes on.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import backing
import backups
from dataops.backup import continuous as course
from dataops.backup.cut import CutError, closed
from dataops.backup.finishing import FinishError, LostError
from dataops.backup.manifest import Begun, ManifestError, begun_key, part_key
from dataops.backup.pruning import CollectingError, remove
from dataops.backup.sealed import SealError
from dataops.backup.shelf import Shelf
from dataops.backup.standing import Standing
from dataops.backup.taking import TakingError
from dataops.host import wake
from dataops.host.files import ensure_contents
from dataops.objectstore import StoreError
from dataops.operations import OperationError, Work
from facts import ClusterError
from shipped import Shipped
from shipping import SPEC, STATE

logger = logging.getLogger("continuous")

# Seconds between two looks: at rest, and while others do their part.
_REST, _SOON = 10.0, 2.0
_LONGEST_PAUSE = 60.0
_KNOWN = (
    StoreError, ManifestError, SealError, ClusterError, CollectingError, TakingError, CutError,
    FinishError, OperationError,
)  # fmt: skip


class Spec(backups.Spec):
    """What it is told.

    Attributes:
        minutes: between the beginnings of two backups.
        leader: whether this unit leads.
        juju_exec: how to wake the charm.
    """

    minutes: int
    leader: bool
    juju_exec: str


class Continuous:
    """The work of one unit, turn by turn.

    Args:
        directory: where it is told what to do, and tells how it stands.
        wake_up: wakes the charm; does not wait for it.
        clock: Unix seconds.
    """

    def __init__(
        self,
        directory: Path,
        wake_up: Callable[[Spec], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._directory, self._wake, self._clock = directory, wake_up, clock
        self._closed: dict[str, frozenset[int]] = {}
        self._begun: Begun | None = None
        self._failures = 0

    def turn(self) -> float:
        """Do what there is to do now; seconds until the next look."""
        text = (self._directory / SPEC).read_text(encoding="utf-8")
        spec = Spec.model_validate_json(text)
        try:
            now = self._work(spec)
        except Exception as error:  # Whatever it is, the next turn may do better.
            log = logger.error if isinstance(error, _KNOWN) else logger.exception
            log("%s", error)
            self._tell(spec, None, str(error) or type(error).__name__)
            self._failures += 1
            return min(_LONGEST_PAUSE, _SOON * 2**self._failures)
        self._failures = 0
        self._tell(spec, now, "")
        return _SOON if now and now.runs else _REST

    def _work(self, spec: Spec) -> Standing | None:
        shelf = spec.shelf()
        now = course.standing(shelf)
        if spec.leader:
            now = self._lead(spec, shelf, now)
        if now is None:
            return None
        begun = self._begun_of(shelf, now)
        if now.runs and begun and self._do_part(spec, shelf, begun) and spec.leader:
            return self._lead(spec, shelf, now)
        if begun:
            self._ship_closed(spec, begun)
        return now

    def _begun_of(self, shelf: Shelf, now: Standing) -> Begun | None:
        """How the last one began: read once when it has ended, for it names every group."""
        if now.runs or self._begun is None or self._begun.id != now.id:
            self._begun = shelf.read(Begun, begun_key(now.id))
        return self._begun

    def _lead(self, spec: Spec, shelf: Shelf, now: Standing | None) -> Standing:
        """Begin a backup when it is time, and end it when everybody has done their part."""
        if now is None or not now.runs:
            if now and 0 <= self._clock() - now.began.timestamp() < spec.minutes * 60:
                return now
            logger.info("A backup begins")
            begun = backing.planned(spec, shelf, self._now(), continuous=True)
            return course.begin(shelf, begun, now)
        begun = shelf.read(Begun, begun_key(now.id))
        if begun is None:
            logger.info("Backup %s was given up by a unit", now.id)
            return course.give_up(shelf, now)
        missing = course.lacking(shelf, begun)
        if not missing:
            return self._end(spec, shelf, now)
        if gone := self._gone(spec, {share.node for share in missing}):
            logger.warning("Backup %s is given up: %s will not do its part", now.id, gone)
            return course.give_up(shelf, now)
        return now

    def _end(self, spec: Spec, shelf: Shelf, now: Standing) -> Standing:
        try:
            ended = course.end(shelf, now, backing.topics(spec), self._now())
        except LostError:
            # Its units see that their parts are missing, and do them again.
            return now
        except FinishError:
            course.give_up(shelf, now)
            raise
        logger.info("Backup %s is whole", now.id)
        return ended

    def _now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._clock(), datetime.timezone.utc)

    def _gone(self, spec: Spec, nodes: set[int]) -> str:
        """Which of these nodes are not there to do anything."""
        with backing.administration(spec) as admin:
            up = admin.condition().brokers
        left = sorted(node for node in nodes if node not in up or node not in spec.units)
        return ", ".join(spec.units.get(node, f"node {node}") for node in left)

    def _do_part(self, spec: Spec, shelf: Shelf, begun: Begun) -> bool:
        """Whether this unit's part was done now."""
        mine = next((share for share in begun.shares if share.unit == spec.unit), None)
        if mine is None or shelf.head(part_key(begun.id, spec.unit)) is not None:
            return False
        own = spec.model_copy(update={"backup": begun.id})
        names = [f"{topic}-{index}" for topic, index in mine.partitions]
        before = {name: closed(spec.data / name) for name in names}
        try:
            backing.copy(own, Work(spec=own))
        except (TakingError, CutError, OperationError):
            # The same cut would fail again: without its beginning, whoever leads begins anew.
            remove(shelf, begun.id)
            raise
        self._closed.update(before)
        if shelf.head(begun_key(begun.id)) is None:
            # It was given up meanwhile; what was sent is found there by the next one.
            remove(shelf, begun.id)
        return True

    def _ship_closed(self, spec: Spec, begun: Begun) -> None:
        """What Kafka has closed since the last look, of what this unit led when a backup began."""
        shares = [share for share in begun.shares if share.unit == spec.unit]
        names = [f"{topic}-{index}" for one in shares for topic, index in one.partitions]
        found = {name: closed(spec.data / name) for name in names}
        news = [name for name in names if found[name] - self._closed.get(name, frozenset())]
        if news:
            sent = backing.ahead(spec, Work(spec=spec), news)
            self._closed.update(found)
            logger.info("Closed files of %d partitions: %.1f MB sent", len(news), sent / 1e6)

    def _tell(self, spec: Spec, now: Standing | None, why: str) -> None:
        path = self._directory / STATE
        known = path.exists()
        before = Shipped.from_text(path.read_text()) if known else Shipped(since=self._clock())
        told = dataclasses.replace(before, why=why)
        if now and now.until:
            told = dataclasses.replace(told, newest=now.newest, until=now.until.timestamp())
        ensure_contents(path, told.to_text(), mode=0o600)
        news = told.newest != before.newest and spec.leader
        if news or bool(told.why) != bool(before.why):
            self._wake(spec)


def _wake_up(spec: Spec) -> None:
    """Begin to wake the charm: this unit's agent may be busy for long."""
    threading.Thread(
        target=wake.call, args=(spec.unit, spec.juju_exec, _LONGEST_PAUSE), daemon=True
    ).start()


def main(directory: str) -> int:
    """Turn after turn, until somebody ends it."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s"
    )
    work = Continuous(Path(directory), _wake_up)
    while (Path(directory) / SPEC).exists():
        time.sleep(work.turn())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
