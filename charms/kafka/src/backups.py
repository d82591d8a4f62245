# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs of backups share: where backups are, and how what goes wrong is told."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

from dataops.backup import verbs as shared
from dataops.backup.verbs import Access, Where, nowhere, usable
from dataops.host.wake import juju_exec
from facts import ClusterError
from observed import Config, Observed
from workload import Workload


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
        records: whether every record is hashed.
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
    records: bool = True


def access(o: Observed, workload: Workload, *, cluster: str = "") -> Access:
    """Where this cluster's backups are, and the key to them.

    Args:
        o: the facts.
        workload: has the key.
        cluster: another one's id; empty is this one's.

    Raises:
        OperationError: there is no place for backups.
    """
    return usable(known(o, workload, cluster=cluster), Where())


def known(o: Observed, workload: Workload, *, cluster: str = "") -> Access:
    """As `access`, or why there is no place for backups."""
    with told():
        key = workload.backup_keys.current()
    return Access(
        unit=o.unit,
        target=o.store,
        nowhere=nowhere(o.app, o.store_trouble),
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


def lasting(o: Observed, workload: Workload) -> dict[str, Any]:
    """What continuous backup is told, as `continuous.Spec` takes it; raises as `access`.

    The leader makes the key when there is none yet.
    """
    if o.leader:
        workload.backup_keys.ensure()
    config = o.config or Config()
    told = Spec.model_validate(prepared(o, workload))
    return {
        **told.model_dump(mode="json", context={"revealed": True}),
        "minutes": config.continuous_backup_minutes,
        "leader": o.leader,
        "juju_exec": juju_exec(),
    }


@contextlib.contextmanager
def told() -> Generator[None]:
    """What goes wrong with backups, as the operator reads it."""
    with shared.told(ClusterError):
        yield
