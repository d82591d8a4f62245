# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the units' parts together; from then on the backup counts."""

from __future__ import annotations

import pydantic

from backups import Spec, prepared, told
from dataops.operations import Context, JobVerb, Params, Result, Scope, Work
from observed import Observed
from workload import Workload


class FinishParams(Params):
    """Which backup."""

    id: str = pydantic.Field(description="Of the backup.")


class Finished(Result):
    """A backup that is whole.

    Attributes:
        id: of the backup.
        summary: one sentence for the report.
        bytes, new_bytes: of all units together.
        topics, partitions, groups: how many are in it.
        left_out: topics that were deleted or created meanwhile.
    """

    id: str
    summary: str
    bytes: int
    new_bytes: int
    topics: int
    partitions: int
    groups: int
    left_out: tuple[str, ...]


def prepare(context: Context[Observed, Workload, FinishParams]) -> Spec:
    """Where the parts are."""
    values = prepared(context.observed, context.workload)
    return Spec.model_validate({**values, "backup": context.params.id})


def work(work: Work[Spec]) -> Finished:
    """Reads the parts, and writes the manifest."""
    # It loads Kafka's client and the store's, which no hook needs.
    from backing import finish

    with told():
        made = finish(work.spec)
    totals = made.totals
    left = tuple(f"{one.topic} ({one.why.value})" for one in made.absent)
    return Finished(
        id=made.id,
        summary=f"Backup {made.id} is whole: {len(made.partitions)} partitions with "
        f"{totals.bytes / 1e6:.1f} MB of {len(made.units)} units after {totals.seconds:.1f} s; "
        f"{totals.new / 1e6:.1f} MB of it were new to the store."
        + (f" Left out: {', '.join(left)}." if left else ""),
        bytes=totals.bytes,
        new_bytes=totals.new,
        topics=sum(not topic.internal for topic in made.topics),
        partitions=len(made.partitions),
        groups=len(made.groups),
        left_out=left,
    )


VERB = JobVerb(
    name="finish-backup",
    description="Puts the units' parts together; from then on the backup counts.",
    prepare=prepare,
    work=work,
    params=FinishParams,
    spec=Spec,
    result=Finished,
    scope=Scope.LEADER,
)
