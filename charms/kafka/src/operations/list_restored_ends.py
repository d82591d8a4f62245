# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where each log ended when the last restore let clients in."""

from __future__ import annotations

from backups import access, told
from dataops.backup.verbs import Access
from dataops.operations import (
    Context,
    JobVerb,
    NoParams,
    OperationError,
    Result,
    Scope,
    Work,
)
from observed import Observed
from workload import Workload


class TopicEnds(Result):
    """One topic.

    Attributes:
        topic: its name.
        ends: by partition the offset after its last record.
    """

    topic: str
    ends: tuple[int, ...]


class Ends(Result):
    """All of them.

    Attributes:
        backup: id of the backup that was restored.
        cluster: Kafka's id of the restored cluster.
        at: when that was, in UTC: what was written later was read by nobody before.
        until: up to when the restored logs have everything, in UTC.
        topics: every topic but Kafka's own.
    """

    backup: str
    cluster: str
    at: str
    until: str
    topics: tuple[TopicEnds, ...]


def prepare(context: Context[Observed, Workload, NoParams]) -> Access:
    """Where they are written."""
    return access(context.observed, context.workload)


def work(work: Work[Access]) -> Ends:
    """Reads what the restore wrote down."""
    from dataops.backup.ends import RESTORED, RestoredEnds

    with told():
        shelf = work.spec.shelf()
        found = shelf.read(RestoredEnds, RESTORED)
    if found is None:
        raise OperationError(
            f"{shelf.where} has no {RESTORED}: nothing was restored into this cluster."
        )
    return Ends(
        backup=found.id,
        cluster=work.spec.cluster,
        at=found.at.isoformat(),
        until=found.until.isoformat(),
        topics=tuple(TopicEnds(topic=one.topic, ends=one.ends) for one in found.topics),
    )


VERB = JobVerb(
    name="list-restored-ends",
    description="Where each log ended when the last restore let clients in.",
    prepare=prepare,
    work=work,
    params=NoParams,
    spec=Access,
    result=Ends,
    scope=Scope.LEADER,
)
