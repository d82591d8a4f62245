# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`verify-backup`: reads a whole backup back, and checks every hash and every batch."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pydantic

from dataops.backup.verbs._access import Access, Where, chosen, told, usable
from dataops.operations import Context, JobVerb, OperationError, Result, Scope, Work

# The first ones tell enough; the verdict in the store has more.
_MOST_NAMED = 3


class VerifyParams(Where):
    """Which backup."""

    id: str = pydantic.Field(
        default="", description="Of the backup; empty is the newest good one."
    )
    records: bool = pydantic.Field(
        default=False,
        description="Whether to hash every record too, for a comparison with a consumer.",
    )


class Verified(Result):
    """A backup that is what its manifest says.

    Attributes:
        id: of the backup.
        summary: one sentence for the report.
        bytes: that were read.
        partitions: of Kafka: how many were checked.
        files: of another application: how many were checked.
        seconds: how long it took.
        digests: of records by partition, where that was asked for.
    """

    id: str
    summary: str
    bytes: int
    partitions: int = 0
    files: int = 0
    seconds: float
    digests: dict[str, str] = pydantic.Field(default_factory=dict)


class Spec(Access):
    """Which backup the job looks at."""

    backup: str
    records: bool


def verifying(
    where: Callable[[Context[Any, Any, VerifyParams]], Access], *, scope: Scope
) -> JobVerb[Any, Any, VerifyParams, Spec, Verified]:
    """The verb of a charm.

    Args:
        where: the charm's backups.
        scope: `LEADER` where the units have one list, `UNIT` where each has its own.
    """

    def prepare(context: Context[Any, Any, VerifyParams]) -> Spec:
        params = context.params
        known = dict(usable(where(context), params))
        return Spec(**known, backup=params.id, records=params.records)

    return JobVerb(
        name="verify-backup",
        description="Reads a whole backup back, and checks every hash and every batch.",
        prepare=prepare,
        work=_work,
        params=VerifyParams,
        spec=Spec,
        result=Verified,
        scope=scope,
    )


def _work(work: Work[Spec]) -> Verified:
    """Reads everything; the verdict is kept beside the manifest."""
    from dataops.backup.verification import Verification

    spec = work.spec
    if spec.target is None:
        return Verified(id="", summary=spec.nowhere, bytes=0, seconds=0.0)
    shelf = spec.shelf()
    with told():
        manifest = chosen(shelf, spec.backup, " yet: run create-backup.")
        look = Verification(
            shelf,
            spec.opened(),
            records=spec.records,
            tell=work.progress,
            check=work.end_if_cancelled,
        )
        verdict = look.run(manifest, spec.unit, datetime.datetime.now(datetime.timezone.utc))
    if not verdict.well:
        named = "; ".join(verdict.problems[:_MOST_NAMED])
        raise OperationError(
            f"Backup {manifest.id} is damaged in {len(verdict.problems)} places: {named}. Run "
            "create-backup: what is still on the brokers is stored anew."
        )
    read, count = verdict.facts["bytes"], verdict.facts["partitions"]
    files = len(manifest.tree.files) if manifest.tree else 0
    held = f"{files} files" if manifest.tree else f"{count} partitions"
    return Verified(
        id=manifest.id,
        summary=f"Backup {manifest.id} was read whole: {held}, {read / 1e6:.1f} MB, every "
        f"hash and every CRC right, in {verdict.seconds:.1f} s.",
        bytes=read,
        partitions=count,
        files=files,
        seconds=verdict.seconds,
        digests=verdict.digests,
    )
