# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where backups are, and how what goes wrong with them is told."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeVar

import pydantic

from dataops.objectstore import StoreError, Target
from dataops.operations import OperationError, Params

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest
    from dataops.backup.sealed import Key
    from dataops.backup.shelf import Shelf


class Access(pydantic.BaseModel):
    """What every job that works with backups is told.

    Attributes:
        unit: whose job.
        target: where backups are; None when there is no place for them.
        nowhere: why there is none, and the next move.
        cluster: whose backups: Kafka's cluster id, or one unit's place in the store.
        key: opens and seals; empty when there is none.
    """

    unit: str
    target: Target | None
    nowhere: str = ""
    cluster: str
    key: str = pydantic.Field(default="", repr=False)

    def shelf(self) -> Shelf:
        """That place in the store; nothing is asked of it yet."""
        # Loading the store's client takes longer than a hook may.
        from dataops.backup.shelf import Shelf
        from dataops.objectstore import open_store

        if self.target is None:
            raise OperationError(self.nowhere)
        return Shelf(open_store(self.target), self.cluster)

    def opened(self) -> Key | None:
        """The key."""
        from dataops.backup.sealed import Key

        return Key.of(self.key) if self.key else None


class Where(Params):
    """What every verb of backups takes."""

    if_possible: bool = pydantic.Field(
        default=False,
        description="Whether to pass over this application where it has no place for backups.",
    )


def nowhere(app: str, trouble: str = "") -> str:
    """What to tell of an application without a place for backups.

    Args:
        app: its name.
        trouble: why there is none although there should be one.
    """
    return (
        f"{app} has no place for backups"
        + (f": {trouble}" if trouble else "")
        + f". `juju integrate {app}:s3 ...` with an object store, or "
        f"`juju config {app} backup-directory=/a/directory/of/every/unit`"
    )


AccessT = TypeVar("AccessT", bound=Access)


def usable(access: AccessT, where: Where) -> AccessT:
    """The access, if there is a place for backups or it matters not.

    Raises:
        OperationError: there is none, and whoever asks wants one.
    """
    if access.target is None and not where.if_possible:
        raise OperationError(access.nowhere)
    return access


def chosen(shelf: Shelf, backup: str, otherwise: str) -> Manifest:
    """The manifest of a backup.

    Args:
        shelf: where it is.
        backup: its id; empty for the newest good one.
        otherwise: what is told where there is no good one: the next move.

    Raises:
        OperationError: there is none.
    """
    from dataops.backup.catalogue import newest_good
    from dataops.backup.manifest import Manifest, manifest_key

    if not backup:
        newest = newest_good(shelf)
        if newest is None:
            raise OperationError(f"{shelf.where} has no good backup{otherwise}")
        backup = newest.id
    return shelf.need(Manifest, manifest_key(backup))


def unit_place(unit: str, model_uuid: str) -> str:
    """A unit's own place in a store that several models share: `spark-0-1f2e3d4c`."""
    return f"{unit.replace('/', '-')}-{model_uuid[:8]}"


@contextlib.contextmanager
def told(*also: type[Exception]) -> Generator[None]:
    """What goes wrong with backups, as the operator reads it.

    Args:
        also: errors of the charm's own that an operator can read.
    """
    from dataops.backup.cut import CutError
    from dataops.backup.finishing import FinishError
    from dataops.backup.manifest import ManifestError
    from dataops.backup.pruning import CollectingError
    from dataops.backup.sealed import SealError
    from dataops.backup.shelf import DamagedError
    from dataops.backup.taking import TakingError
    from dataops.backup.trees import TreeError

    try:
        yield
    except (
        StoreError, ManifestError, SealError, DamagedError, TakingError, FinishError, TreeError,
        CollectingError, CutError, *also,
    ) as error:  # fmt: skip
        raise OperationError(str(error)) from error
