# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs of backups share: where backups are, and how what goes wrong is told."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic

from cluster import ClusterError
from dataops.objectstore import StoreError, Target
from dataops.operations import OperationError
from observed import Config, Observed
from workload import Workload

if TYPE_CHECKING:
    from dataops.backup.sealed import Key
    from dataops.backup.shelf import Shelf


class Access(pydantic.BaseModel):
    """What every job that works with backups is told.

    Attributes:
        unit: whose job.
        target: where backups are.
        cluster: Kafka's cluster id.
        key: opens and seals; empty when there is none.
    """

    unit: str
    target: Target
    cluster: str
    key: str = pydantic.Field(default="", repr=False)

    def shelf(self) -> Shelf:
        """The cluster's place in the store; nothing is asked of it yet."""
        # Loading the store's client takes longer than a hook may.
        from dataops.backup.shelf import Shelf
        from dataops.objectstore import open_store

        return Shelf(open_store(self.target), self.cluster)

    def opened(self) -> Key | None:
        """The key."""
        from dataops.backup.sealed import Key

        return Key.of(self.key) if self.key else None


class Spec(Access):
    """What a job of a backup is told.

    Attributes:
        backup: its id; empty while it has none.
        app, model: in Juju.
        release: of Kafka.
        units: by node id.
        addresses: of all brokers, this one's first.
        etc: where this broker's certificate is.
        data: its log directory.
        seal: whether log segments are sealed too.
        pace: MB a second that are read at most; 0 is no limit.
    """

    backup: str = ""
    app: str
    model: str = ""
    release: str = ""
    units: dict[int, str]
    addresses: tuple[str, ...]
    etc: Path
    data: Path
    seal: bool = False
    pace: int = 0


def access(o: Observed, workload: Workload, *, cluster: str = "") -> Access:
    """Where this cluster's backups are, and the key to them.

    Args:
        o: the facts.
        workload: has the key.
        cluster: another one's id; empty is this one's.

    Raises:
        OperationError: there is no place for backups.
    """
    if o.store is None:
        raise OperationError(
            f"{o.app} has no place for backups"
            + (f": {o.store_trouble}" if o.store_trouble else "")
            + f". `juju integrate {o.app}:s3 ...` with an object store, or "
            f"`juju config {o.app} backup-directory=/a/directory/of/every/unit`"
        )
    with told():
        key = workload.backup_keys.current()
    return Access(
        unit=o.unit,
        target=o.store,
        cluster=cluster or o.agreement.cluster_id,
        key=key.text if key else "",
    )


def prepared(o: Observed, workload: Workload) -> dict[str, Any]:
    """What a job of a backup is told, as `backing.Spec` takes it; raises as `access`."""
    config = o.config or Config()
    return {
        **dict(access(o, workload)),
        "app": o.app,
        "release": o.broker.release,
        "units": {peer.node: peer.unit for peer in o.peers},
        "addresses": workload.addresses,
        "etc": o.paths.etc,
        "data": workload.broker.data,
        "seal": config.encrypt_backups,
        "pace": config.backup_pace,
    }


@contextlib.contextmanager
def told() -> Generator[None]:
    """What goes wrong with backups, as the operator reads it."""
    from dataops.backup.cut import CutError
    from dataops.backup.finishing import FinishError
    from dataops.backup.manifest import ManifestError
    from dataops.backup.pruning import CollectingError
    from dataops.backup.sealed import SealError
    from dataops.backup.shelf import DamagedError
    from dataops.backup.taking import TakingError

    try:
        yield
    except (
        StoreError, ManifestError, SealError, DamagedError, TakingError, FinishError,
        CollectingError, CutError, ClusterError,
    ) as error:  # fmt: skip
        raise OperationError(str(error)) from error
