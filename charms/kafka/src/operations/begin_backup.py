# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Begins a backup: who copies what, and where every consumer group is."""

from __future__ import annotations

from backups import Spec, access, prepared, told
from dataops.operations import Context, JobVerb, NoParams, Result, Scope, Work
from observed import Observed
from workload import Workload


class BegunBackup(Result):
    """A backup that has begun.

    Attributes:
        id: to go on with.
        summary: one sentence for the report.
        partitions, groups: how many there are.
    """

    id: str
    summary: str
    partitions: int
    groups: int


def prepare(context: Context[Observed, Workload, NoParams]) -> Spec:
    """Who takes part; the key is made when there is none."""
    # First whether there is a place: no key is made for backups that cannot be.
    access(context.observed, context.workload)
    context.workload.backup_keys.ensure()
    return Spec.model_validate(prepared(context.observed, context.workload))


def work(work: Work[Spec]) -> BegunBackup:
    """Asks the cluster and writes it down."""
    # It loads Kafka's client and the store's, which no hook needs.
    from backing import begin

    with told():
        begun = begin(work.spec)
    count = sum(len(share.partitions) for share in begun.shares)
    return BegunBackup(
        id=begun.id,
        summary=f"Backup {begun.id} began: {count} partitions, {len(begun.groups)} groups.",
        partitions=count,
        groups=len(begun.groups),
    )


VERB = JobVerb(
    name="begin-backup",
    description="Begins a backup: who copies what, and where every consumer group is.",
    prepare=prepare,
    work=work,
    params=NoParams,
    spec=Spec,
    result=BegunBackup,
    scope=Scope.LEADER,
)
