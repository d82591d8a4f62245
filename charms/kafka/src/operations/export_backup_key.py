# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Says which secret holds the key to the backups, and how to keep it outside Juju."""

from __future__ import annotations

from backup_keys import FIELD
from backups import told
from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from observed import Observed
from workload import Workload


class Exported(Result):
    """Where the key is; never the key itself, which would stay in Juju's records of actions.

    Attributes:
        id: of the key, as `list-backups` and errors name it.
        secret: its URI.
        export: the command that shows it to an administrator of the model.
        use: how another model gets it.
    """

    id: str
    secret: str
    export: str
    use: str


def run(context: Context[Observed, Workload, NoParams]) -> Exported:
    """Reads which key is used."""
    keys = context.workload.backup_keys
    with told():
        key = keys.current()
    if key is None:
        raise OperationError("There is no backup key yet: the first create-backup makes it.")
    app = context.observed.app
    return Exported(
        id=key.id,
        secret=keys.uri,
        export=f"juju show-secret {keys.uri} --reveal",
        use=f"juju add-secret backup-key {FIELD}#file=FILE && juju grant-secret backup-key {app} "
        f"&& juju config {app} backup-key=URI",
    )


VERB = Verb(
    name="export-backup-key",
    description="Says which secret holds the key to the backups, and how to keep it.",
    run=run,
    params=NoParams,
    result=Exported,
    scope=Scope.LEADER,
)
