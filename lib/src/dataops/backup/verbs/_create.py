# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`create-backup` of an application whose backups are files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic

from dataops.backup.verbs._access import Access, Where, told, usable
from dataops.operations import Context, JobVerb, Result, Scope, Work

if TYPE_CHECKING:
    from dataops.backup.trees import Source

# What the application does for others goes first.
_NICE = 10


class CreateParams(Where):
    """How fast."""

    pace: int = pydantic.Field(
        default=40, ge=-1, description="MB a second to read at most; 0 is no limit, -1 is 40."
    )


class FilesSpec(Access):
    """What the job is told; a charm adds what it needs.

    Attributes:
        pace: MB a second to read at most; 0 is no limit.
    """

    pace: int = 0


class Created(Result):
    """A backup that is whole.

    Attributes:
        id: of the backup.
        place: of the unit's backups in the store.
        summary: one sentence for the report.
        files, bytes: in it.
        new_bytes: what had to be sent.
        seconds: how long it took.
    """

    id: str
    place: str
    summary: str
    files: int
    bytes: int
    new_bytes: int
    seconds: float


SpecT = TypeVar("SpecT", bound=FilesSpec)


def creating(
    prepare: Callable[[Context[Any, Any, CreateParams]], SpecT],
    source: Callable[[SpecT], Source],
    spec: type[SpecT],
    description: str,
) -> JobVerb[Any, Any, CreateParams, SpecT, Created]:
    """The verb of a charm, done by each unit for itself.

    Args:
        prepare: makes the specification; its pace is filled in here.
        source: the files, as the job sees them.
        spec: the charm's own.
        description: of the verb.
    """

    def prepared(context: Context[Any, Any, CreateParams]) -> SpecT:
        pace = context.params.pace
        default = CreateParams().pace
        made = usable(prepare(context), context.params)
        return made.model_copy(update={"pace": default if pace < 0 else pace})

    return JobVerb(
        name="create-backup",
        description=description,
        prepare=prepared,
        work=lambda work: _work(work, source),
        params=CreateParams,
        spec=spec,
        result=Created,
        scope=Scope.UNIT,
    )


def _work(work: Work[SpecT], source: Callable[[SpecT], Source]) -> Created:
    """Takes the backup."""
    from dataops.backup.sealed import Key
    from dataops.backup.ship import Shipper
    from dataops.backup.trees import take
    from dataops.objectstore import Pace

    spec = work.spec
    if spec.target is None:
        return Created(
            id="", place="", summary=spec.nowhere, files=0, bytes=0, new_bytes=0, seconds=0.0
        )
    os.nice(_NICE)
    pace = Pace(spec.pace * 1e6) if spec.pace else None
    with told():
        shelf = spec.shelf()
        # Nothing is sealed with it.
        with Shipper(shelf, key=spec.opened() or Key.new(), pace=pace) as shipper:
            made = take(
                shelf, shipper, source(spec), tell=work.progress, check=work.end_if_cancelled
            )
    totals, files = made.totals, len(made.tree.files) if made.tree else 0
    return Created(
        id=made.id,
        place=spec.cluster,
        summary=f"{spec.unit} backed up {files} files with {totals.bytes / 1e6:.1f} MB in "
        f"{totals.seconds:.1f} s; {totals.new / 1e6:.1f} MB of it were new to the store.",
        files=files,
        bytes=totals.bytes,
        new_bytes=totals.new,
        seconds=totals.seconds,
    )
