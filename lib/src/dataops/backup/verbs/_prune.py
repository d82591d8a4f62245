# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`prune-backups`: removes old backups, never the last good one, and what they alone needed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pydantic

from dataops.backup.verbs._access import Access, Where, told, usable
from dataops.operations import Context, JobVerb, Result, Scope, Work

# Seconds in which a continuous backup that runs mostly ends.
_PATIENCE = 300.0


class PruneParams(Where):
    """What stays."""

    keep_last: int = pydantic.Field(
        default=7, ge=1, description="How many of the newest good backups stay."
    )
    keep_days: int = pydantic.Field(
        default=30, ge=0, description="Backups younger than so many days stay."
    )


class Removed(Result):
    """What was removed.

    Attributes:
        summary: one sentence for the report.
        backups: ids.
        objects, bytes: that no backup needed any more.
    """

    summary: str
    backups: tuple[str, ...]
    objects: int
    bytes: int


class Spec(Access):
    """What the job keeps."""

    keep_last: int
    keep_days: int


def pruning(
    where: Callable[[Context[Any, Any, PruneParams]], Access], *, scope: Scope
) -> JobVerb[Any, Any, PruneParams, Spec, Removed]:
    """The verb of a charm.

    Args:
        where: the charm's backups.
        scope: `LEADER` where the units have one list, `UNIT` where each has its own.
    """

    def prepare(context: Context[Any, Any, PruneParams]) -> Spec:
        params = context.params
        known = dict(usable(where(context), params))
        return Spec(**known, keep_last=params.keep_last, keep_days=params.keep_days)

    return JobVerb(
        name="prune-backups",
        description=(
            "Removes old backups, never the last good one, and the objects they alone needed."
        ),
        prepare=prepare,
        work=_work,
        params=PruneParams,
        spec=Spec,
        result=Removed,
        scope=scope,
    )


def _work(work: Work[Spec]) -> Removed:
    """Removes them."""
    from dataops.backup.pruning import prune

    spec = work.spec
    if spec.target is None:
        return Removed(summary=spec.nowhere, backups=(), objects=0, bytes=0)
    with told():
        done = prune(
            spec.shelf(),
            keep_last=spec.keep_last,
            keep_days=spec.keep_days,
            now=datetime.datetime.now(datetime.timezone.utc),
            check=work.end_if_cancelled,
            patience=_PATIENCE,
        )
    summary = f"Removed {len(done.backups)} backups"
    if done.postponed:
        summary += (
            f"; objects stay until the next time, because of backup {done.postponed}, which runs "
            "or cannot be read."
        )
    else:
        summary += f" and {done.objects} objects with {done.bytes / 1e6:.1f} MB."
    return Removed(summary=summary, backups=done.backups, objects=done.objects, bytes=done.bytes)
