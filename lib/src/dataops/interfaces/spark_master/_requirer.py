# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The side with the drivers."""

from __future__ import annotations

from collections.abc import Iterable

import ops
import pydantic

from dataops.interfaces._accepted import write_users
from dataops.interfaces._secrets import read_secret
from dataops.interfaces.spark_master._models import ProviderData, RpcSecret, SparkCluster


class SparkMasterRequirer:
    """Where drivers of this charm run.

    Spark knows one secret at a time: when it changes, drivers lose the cluster. So on every event:
    read `cluster()`, have the drivers begin anew if its `secret_name` is another, then `accept()`.

    Args:
        charm: the charm.
        endpoint: the name of a required endpoint of this interface.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def cluster(self) -> SparkCluster | None:
        """The cluster; None while there is none, or its secret cannot be read yet."""
        for relation in sorted(self._relations, key=lambda each: each.id):
            if relation.app and (found := self._read(relation, relation.app)):
                return found
        return None

    def accept(self, names: Iterable[str]) -> None:
        """Say which secrets this unit's drivers work with now; none, while it has no driver."""
        known = tuple(names)
        for relation in self._relations:
            if relation.active:
                write_users(relation.data[self._charm.unit], known)

    def _read(self, relation: ops.Relation, app: ops.Application) -> SparkCluster | None:
        data = ProviderData.model_validate(dict(relation.data[app]))
        content = read_secret(self._charm.model, data.secret_rpc)
        if not data.master_url or (data.secret_rpc and not content):
            return None
        try:
            secret = RpcSecret.model_validate(content) if content else None
        except pydantic.ValidationError:
            return None
        fields = data.model_dump(exclude={"secret_rpc"})
        told = {"secret": secret.secret, "secret_name": secret.name} if secret else {}
        return SparkCluster(**fields, **told)

    @property
    def _relations(self) -> list[ops.Relation]:
        return self._charm.model.relations[self._endpoint]
