# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`restore` of an application whose backups are files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic

from dataops.backup.verbs._access import Access, chosen, told
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest

_STAGING = "restoring"


class RestoreParams(Params):
    """Which backup, and whether that is really meant."""

    confirm: str = pydantic.Field(
        description="The name of this unit: what it has now is put aside."
    )
    id: str = pydantic.Field(
        default="", description="Of the backup; empty is the newest good one."
    )
    place: str = pydantic.Field(
        default="",
        description="Another unit's place in the store, as list-backups shows it there.",
    )


class RestoreSpec(Access):
    """What the job is told; a charm adds what it needs.

    Attributes:
        backup: its id; empty is the newest good one.
        state: a directory of ours on the file system of the unit's storage.
        owner: whose the files are to be; None: one's own.
    """

    backup: str = ""
    state: Path
    owner: str | None = None


class Restored(Result):
    """What was put back.

    Attributes:
        id: of the backup.
        summary: what there is now, and the next move.
        files, bytes: put back.
    """

    id: str
    summary: str
    files: int
    bytes: int


SpecT = TypeVar("SpecT", bound=RestoreSpec)


def restoring(
    prepare: Callable[[Context[Any, Any, RestoreParams]], SpecT],
    put: Callable[[Work[SpecT], Manifest, Path], str],
    spec: type[SpecT],
    description: str,
) -> JobVerb[Any, Any, RestoreParams, SpecT, Restored]:
    """The verb of a charm, done by one unit for itself.

    Args:
        prepare: makes the specification, or refuses; backup and place are filled in here.
        put: puts a checked tree in its place, and says what there is now and the next move.
        spec: the charm's own.
        description: of the verb.
    """

    def prepared(context: Context[Any, Any, RestoreParams]) -> SpecT:
        params, made = context.params, prepare(context)
        if made.target is None:
            raise OperationError(made.nowhere)
        if params.confirm != made.unit:
            raise OperationError(
                f"This puts aside what {made.unit} has now. Say so: confirm={made.unit}"
            )
        where = params.place or made.cluster
        return made.model_copy(update={"backup": params.id, "cluster": where})

    return JobVerb(
        name="restore",
        description=description,
        prepare=prepared,
        work=lambda work: _work(work, put),
        params=RestoreParams,
        spec=spec,
        result=Restored,
        scope=Scope.UNIT,
    )


def _work(work: Work[SpecT], put: Callable[[Work[SpecT], Manifest, Path], str]) -> Restored:
    """Checks the whole tree beside what the unit has before anything of that is touched."""
    from dataops.backup.trees import place

    spec = work.spec
    staging = spec.state / _STAGING
    with told():
        shelf = spec.shelf()
        manifest = chosen(shelf, spec.backup, ": see list-backups, and give place=...")
        size = place(
            shelf, manifest, staging, key=spec.opened(), owner=spec.owner, tell=work.progress,
            check=work.end_if_cancelled,
        )  # fmt: skip
    said = put(work, manifest, staging)
    files = len(manifest.tree.files) if manifest.tree else 0
    had = f"{spec.unit} has {files} files with {size / 1e6:.1f} MB of backup {manifest.id}"
    return Restored(id=manifest.id, summary=f"{had}. {said}", files=files, bytes=size)
