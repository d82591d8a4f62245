# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Copies what this unit leads into the store; alone, all of it."""

from __future__ import annotations

from typing import Literal

import pydantic

from backups import Spec, access, prepared, told
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Work
from observed import Observed
from workload import Workload


class CreateParams(Params):
    """Which backup."""

    id: str = pydantic.Field(default="", description="Of the backup that begin-backup began.")
    pace: int = pydantic.Field(
        default=-1,
        ge=-1,
        description="MB a second to read at most; 0 is no limit, -1 is the option backup-pace.",
    )
    records: Literal["when-paced", "always", "never"] = pydantic.Field(
        default="when-paced",
        description="Whether the manifest gets a hash of every partition's records, too, which "
        "takes a microsecond of a CPU for each. when-paced: unless pace is 0.",
    )


class Copied(Result):
    """What this unit did.

    Attributes:
        id: of the backup.
        summary: one sentence for the report.
        bytes: of logs in its part.
        new_bytes: what had to be sent.
        partitions: how many it copied.
        seconds: how long it took.
        complete: whether the whole backup is done.
    """

    id: str
    summary: str
    bytes: int
    new_bytes: int
    partitions: int
    seconds: float
    complete: bool = False


def prepare(context: Context[Observed, Workload, CreateParams]) -> Spec:
    """What the job needs to know."""
    o, params = context.observed, context.params
    access(o, context.workload)
    if not params.id and len(o.peers) > 1:
        raise OperationError(
            f"{o.app} has {len(o.peers)} units, and each copies what it leads: run the operation "
            "create-backup of day2. By hand: begin-backup on the leader, create-backup with its "
            "id on every unit, finish-backup on the leader."
        )
    if not params.id:
        context.workload.backup_keys.ensure()
    values = prepared(o, context.workload)
    pace = values["pace"] if params.pace < 0 else params.pace
    hashed = pace > 0 if params.records == "when-paced" else params.records == "always"
    return Spec.model_validate({**values, "backup": params.id, "pace": pace, "records": hashed})


def work(work: Work[Spec]) -> Copied:
    """Copies."""
    # It loads Kafka's client and the store's, which no hook needs.
    from backing import begin, copy, finish

    spec = work.spec
    alone = not spec.backup
    with told():
        if alone:
            spec = spec.model_copy(update={"backup": begin(spec).id})
        part = copy(spec, work)
        if alone:
            finish(spec)
    totals = part.totals
    return Copied(
        id=spec.backup,
        summary=f"{spec.unit} backed up {len(part.partitions)} partitions with "
        f"{totals.bytes / 1e6:.1f} MB in {totals.seconds:.1f} s; {totals.new / 1e6:.1f} MB of it "
        "were new to the store.",
        bytes=totals.bytes,
        new_bytes=totals.new,
        partitions=len(part.partitions),
        seconds=totals.seconds,
        complete=alone,
    )


VERB = JobVerb(
    name="create-backup",
    description="Copies what this unit leads into the store; alone, all of it.",
    prepare=prepare,
    work=work,
    params=CreateParams,
    spec=Spec,
    result=Copied,
)
