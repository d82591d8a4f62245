# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts a backup in the place of the cluster: a new one that is empty, or this one."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from typing import TYPE_CHECKING

import pydantic

from backups import told
from cluster_id import new_cluster_id
from dataops.operations import Context, OperationError, Params, Pending, Result, Scope, Verb
from observed import Observed
from recovering import progress
from recovery import BY_HAND, Recovery
from workload import Workload

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest
    from dataops.backup.shelf import Shelf

# A hook does not wait for a store for long.
_PATIENCE = datetime.timedelta(seconds=10)
# The first names of a long list say enough.
_MOST_NAMED = 5


class RestoreParams(Params):
    """Which backup, and what of it."""

    backup: str = pydantic.Field(default="", description="Its id; empty: the newest good one.")
    cluster: str = pydantic.Field(
        default="",
        description="Id of the cluster that was backed up; empty: the one that is here.",
    )
    topics: str = pydantic.Field(
        default="", description="Topics to restore, with commas between; empty: all."
    )
    to_time: str = pydantic.Field(
        default="",
        description="A time such as 2026-11-22T21:50:00Z: each partition ends before its first "
        "batch with a later record.",
    )
    confirm: str = pydantic.Field(
        default="",
        description="Name of the application, where everything that is in it is to be replaced.",
    )


class Restored(Result):
    """What is there now.

    Attributes:
        summary: one sentence for the report.
        backup: its id.
        cluster: id of the new cluster.
        partitions, bytes: what was placed, each partition once.
        cut: partitions that end earlier, because of the time that was asked for.
        aborted: transactions that were open in the backup, and are aborted.
        groups: how many know where to go on.
        seconds: from the request until clients were let in.
    """

    summary: str
    backup: str
    cluster: str
    partitions: int
    bytes: int
    cut: int
    aborted: int
    groups: int
    seconds: float


def run(context: Context[Observed, Workload, RestoreParams]) -> Restored:
    """Asks for it, and looks how far it is: the charm's own plan does it."""
    o, task = context.observed, context.task or BY_HAND
    recovery = o.agreement.recovery
    if recovery is None or (recovery.over and (recovery.told or recovery.task != task)):
        begun = _begun(o, task, context.params)
        context.workload.agree({"recovery": begun.to_text()})
        raise Pending(f"backup {begun.backup} is being placed on {len(begun.members)} units")
    if not recovery.over:
        raise Pending(progress(o))
    if task == BY_HAND:
        seen = dataclasses.replace(recovery, told=True)
        context.workload.agree({"recovery": seen.to_text()})
    if recovery.stage == "failed":
        left = f"Nothing of {o.app} was changed"
        if recovery.name in recovery.given_up:
            left = f"Every unit of {o.app} takes up again the data that it had"
        raise OperationError(f"{recovery.why}. {left}")
    return _result(recovery)


def _begun(o: Observed, task: str, params: RestoreParams) -> Recovery:
    """The restore, if it may begin."""
    from dataops.backup.restoration import Wish, refusals

    _check(o, params)
    with told():
        shelf = _shelf(o, params)
        manifest = _manifest(shelf, params.backup)
    topics = tuple(sorted({one.strip() for one in params.topics.split(",") if one.strip()}))
    to_time = _ms(params.to_time) if params.to_time else None
    for refusal in refusals(manifest, Wish(topics, to_time)):
        raise OperationError(refusal)
    name = hashlib.sha256(f"{task} {manifest.id} {o.now}".encode()).hexdigest()[:10]
    return Recovery(
        task=task,
        name=name,
        backup=manifest.id,
        source=shelf.cluster,
        cluster_id=new_cluster_id(),
        members=tuple(sorted(o.members)),
        topics=topics,
        to_time=to_time,
        began=o.now,
        given_up=o.agreement.recovery.given_up if o.agreement.recovery else (),
    )


def _check(o: Observed, params: RestoreParams) -> None:
    """Refuse what would hurt, with the next move."""
    if o.store is None:
        raise OperationError(
            o.store_trouble
            or f"{o.app} has no object store: juju integrate {o.app}:s3 object-storage, or "
            f"juju config {o.app} backup-directory=/path"
        )
    if not o.settled:
        raise OperationError(
            f"Units of {o.app} come or go: {len(o.peers)} of {o.planned} are here. Remove those "
            f"that are lost (juju remove-unit --force), and try again"
        )
    if params.confirm and params.confirm != o.app:
        raise OperationError(f"confirm={params.confirm} is not this application: confirm={o.app}")
    if params.confirm == o.app:
        return
    confirm = f"To replace everything in it: confirm={o.app}"
    if o.cluster is None:
        raise OperationError(f"The cluster of {o.app} does not answer: what is in it is unknown. "
                             f"{confirm}")  # fmt: skip
    found = sorted({p.topic for p in o.cluster.partitions if not p.topic.startswith("__")})
    if found:
        more = len(found) - _MOST_NAMED
        names = ", ".join(found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        raise OperationError(f"{o.app} is not empty: it has {names}. {confirm}")


def _shelf(o: Observed, params: RestoreParams) -> Shelf:
    """The place of the cluster that was backed up."""
    from dataops.backup.shelf import Shelf
    from dataops.objectstore import open_store

    assert o.store is not None
    source = params.cluster or o.agreement.cluster_id
    if not params.cluster and o.agreement.recovery and o.agreement.recovery.replaces:
        shelf = Shelf(open_store(o.store, patience=_PATIENCE), source)
        # A cluster that was restored has no backups of its own until it is backed up.
        source = source if shelf.backups() else o.agreement.recovery.source
    return Shelf(open_store(o.store, patience=_PATIENCE), source)


def _manifest(shelf: Shelf, backup: str) -> Manifest:
    """The backup's, once it has proved to be good."""
    from dataops.backup import catalogue
    from dataops.backup.manifest import Manifest, manifest_key

    if not backup:
        newest = catalogue.newest_good(shelf)
        if newest is None:
            others = [one for one in catalogue.clusters(shelf.store) if one != shelf.cluster]
            named = ", ".join(f"cluster={one}" for one in others[:_MOST_NAMED]) or "none"
            raise OperationError(
                f"{shelf.where} has no good backup. Other clusters that have some there: {named}"
            )
        backup = newest.id
    manifest = shelf.read(Manifest, manifest_key(backup))
    if manifest is None:
        have = ", ".join(shelf.backups()[-_MOST_NAMED:]) or "none"
        raise OperationError(
            f"{shelf.where} has no finished backup {backup}. The newest are: {have}"
        )
    return manifest


def _ms(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise OperationError(
            f"to-time={text!r} is no time with its zone: write 2026-11-22T21:50:00Z"
        )
    return int(moment.timestamp() * 1000)


def _result(recovery: Recovery) -> Restored:
    account = recovery.account
    seconds = round(recovery.ended - recovery.began, 1)
    numbers = {
        name: int(account.get(name, 0))
        for name in ("partitions", "bytes", "cut", "aborted", "groups")
    }
    return Restored(
        summary=f"Backup {recovery.backup} is restored: {numbers['partitions']} partitions of "
        f"{numbers['bytes'] / 1e6:.1f} MB, {numbers['groups']} groups, after {seconds:.1f} s.",
        backup=recovery.backup,
        cluster=recovery.cluster_id,
        seconds=seconds,
        **numbers,
    )


VERB = Verb(
    name="restore",
    description="Puts a backup in the place of the cluster; what it holds has to be confirmed.",
    run=run,
    params=RestoreParams,
    result=Restored,
    scope=Scope.LEADER,
    # Its plans have no canary: it is for clusters that clients have lost already.
    mutating=False,
)
