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
from cluster import ClusterError, administrator
from dataops.backup import finishing, pruning
from dataops.backup.manifest import Begun, Cluster, Manifest, Part, begun_key, new_id
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Marks, take
from dataops.objectstore import Pace
from dataops.operations import OperationError, Work

if TYPE_CHECKING:
    from admin import Administrator

# The broker's work goes first.
_NICE = 10


def begin(spec: Spec) -> Begun:
    """A backup that begins now: who copies what, and where every group is before any cut."""
    shelf = spec.shelf()
    with _administrator(spec) as admin:
        client = admin.client
        now = datetime.datetime.now(datetime.timezone.utc)
        begun = Begun(
            id=new_id(now, shelf.backups()),
            cluster=Cluster(
                id=spec.cluster, application=spec.app, model=spec.model, release=spec.release
            ),
            began=now,
            shares=finishing.shares(backup_admin.leaders(client), spec.units),
            topics=backup_admin.topics(client),
            groups=backup_admin.groups(client),
        )
    pruning.begin(shelf, begun)
    return begun


def copy(spec: Spec, work: Work[Spec]) -> Part:
    """This unit's part."""
    os.nice(_NICE)
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

    def ask(wanted: Iterable[tuple[str, int]]) -> Marks:
        with _administrator(spec) as admin:
            return backup_admin.marks(admin.client, wanted)

    # Beside the log directory, for links do not cross file systems.
    job = Job(
        data=spec.data,
        state=spec.data.parent / "backup",
        ask=ask,
        records=spec.records,
        tell=work.progress,
        check=work.end_if_cancelled,
    )
    with Shipper(shelf, key=key, pace=Pace(spec.pace * 1e6 if spec.pace else None)) as shipper:
        return take(shelf, shipper, begun, share, job, spec.seal)


def finish(spec: Spec) -> Manifest:
    """The manifest, written last, read back and checked."""
    with _administrator(spec) as admin:
        names = [topic["name"] for topic in admin.topics()]
    now = datetime.datetime.now(datetime.timezone.utc)
    return finishing.finish(spec.shelf(), spec.backup, names, now)


@contextmanager
def _administrator(spec: Spec) -> Generator[Administrator]:
    with administrator(spec.addresses, spec.etc) as admin:
        if admin is None:
            raise ClusterError("No broker answers: see `juju status` and `health-check`.")
        yield admin
