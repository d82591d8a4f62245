# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How one unit begins, does its part of, and ends a backup. Runs in jobs; knows no Juju."""

from __future__ import annotations

import datetime
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import backup_admin
from backups import Spec
from cluster import administrator
from dataops.backup import finishing, pruning
from dataops.backup.ahead import ship
from dataops.backup.manifest import Begun, Cluster, Manifest, Part, begun_key, new_id
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Marks, take
from dataops.objectstore import Pace
from dataops.operations import OperationError, Work
from facts import ClusterError

if TYPE_CHECKING:
    from admin import Administrator
    from dataops.backup.shelf import Shelf

# The broker's work goes first.
_NICE = 10


def begin(spec: Spec) -> Begun:
    """A backup that begins now: who copies what, and where every group is before any cut."""
    shelf = spec.shelf()
    begun = planned(spec, shelf, _now())
    pruning.begin(shelf, begun)
    return begun


def planned(
    spec: Spec, shelf: Shelf, now: datetime.datetime, *, continuous: bool = False
) -> Begun:
    """The beginning of a backup, as the cluster is now; nothing is written yet.

    Args:
        spec: who takes part.
        shelf: where it will be.
        now: the time.
        continuous: whether it is one of those that follow each other by themselves: it does
            without units that lead nothing, for they may be down.
    """
    with administration(spec) as admin:
        client = admin.client
        shares = finishing.shares(backup_admin.leaders(client), spec.units)
        leading = tuple(one for one in shares if one.partitions or one.unit == spec.unit)
        return Begun(
            id=new_id(now, shelf.backups()),
            cluster=Cluster(
                id=spec.cluster, application=spec.app, model=spec.model, release=spec.release
            ),
            began=now,
            continuous=continuous,
            shares=leading if continuous else shares,
            topics=backup_admin.topics(client),
            groups=backup_admin.groups(client),
        )


def copy(spec: Spec, work: Work[Spec]) -> Part:
    """This unit's part."""
    os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    shelf = spec.shelf()
    begun = shelf.need(Begun, begun_key(spec.backup))
    share = next((one for one in begun.shares if one.unit == spec.unit), None)
    key = spec.opened()
    if share is None or key is None:
        raise OperationError(
            f"Backup {spec.backup} began without {spec.unit}"
            + ("" if key else ", which cannot read the backup key yet")
            + ": begin a new one."
        )

    with Shipper(shelf, key=key, pace=_pace(spec)) as shipper:
        return take(shelf, shipper, begun, share, _job(spec, work), spec.seal)


def ahead(spec: Spec, work: Work[Spec], partitions: Iterable[str]) -> int:
    """Bytes of closed files of these partitions that were new to the store, and are there now."""
    os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    key = spec.opened()
    if key is None:
        return 0
    with Shipper(spec.shelf(), key=key, pace=_pace(spec)) as shipper:
        return ship(_job(spec, work), shipper, partitions, seal=spec.seal)


def finish(spec: Spec) -> Manifest:
    """The manifest, written last, read back and checked."""
    return finishing.finish(spec.shelf(), spec.backup, topics(spec), _now())


def topics(spec: Spec) -> tuple[str, ...]:
    """Names of all topics."""
    with administration(spec) as admin:
        return tuple(topic["name"] for topic in admin.topics())


def _job(spec: Spec, work: Work[Spec]) -> Job:
    def ask(wanted: Iterable[tuple[str, int]]) -> Marks:
        with administration(spec) as admin:
            return backup_admin.marks(admin.client, wanted)

    # Beside the log directory, for links do not cross file systems.
    return Job(
        data=spec.data,
        state=spec.data.parent / "backup",
        ask=ask,
        records=spec.records,
        tell=work.progress,
        check=work.end_if_cancelled,
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _pace(spec: Spec) -> Pace:
    return Pace(spec.pace * 1e6 if spec.pace else None)


@contextmanager
def administration(spec: Spec) -> Generator[Administrator]:
    """An administrator of the cluster; raises `ClusterError` when no broker answers."""
    with administrator(spec.addresses, spec.etc) as admin:
        if admin is None:
            raise ClusterError("No broker answers: see `juju status` and `health-check`.")
        yield admin
