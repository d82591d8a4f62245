# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The side with the cluster."""

from __future__ import annotations

from collections.abc import Mapping

import ops

from dataops.interfaces._accepted import users_in
from dataops.interfaces._secrets import drop_secret, ensure_secret
from dataops.interfaces.spark_master._models import ProviderData, RpcSecret


class SparkMasterProvider:
    """Tells other applications how to run drivers on this cluster.

    Args:
        charm: the charm.
        endpoint: the name of a provided endpoint of this interface.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    @property
    def related(self) -> bool:
        """Whether anybody asks."""
        return any(relation.active for relation in self._relations)

    def publish(self, data: ProviderData, secret: RpcSecret | None = None) -> None:
        """Tells every related application; the leader only.

        Args:
            data: all that is no secret.
            secret: what drivers share with the cluster; handed over as a Juju secret, whose new
                revision they follow. None: the cluster lets everybody in.
        """
        if not self._charm.unit.is_leader():
            return
        for relation in self._relations:
            if relation.active:
                bag = relation.data[self._charm.app]
                bag.update(self._told(relation, bag, data, secret))

    def withdraw(self) -> None:
        """Forgets the secret once nobody is related any more; the leader only."""
        if self._charm.unit.is_leader() and not self.related:
            drop_secret(self._charm.model, self._label)

    def accepted(self) -> dict[str, frozenset[str] | None]:
        """By unit of the other side, the secrets that it works with; None: it says nothing."""
        return {
            unit.name: users_in(relation.data[unit])
            for relation in self._relations
            if relation.active
            for unit in relation.units
        }

    def _told(
        self,
        relation: ops.Relation,
        bag: Mapping[str, str],
        data: ProviderData,
        secret: RpcSecret | None,
    ) -> dict[str, str]:
        """An empty value deletes its key, as Juju has it; equal facts are equal bytes."""
        fields = data.model_dump(by_alias=True)
        if secret:
            content = secret.model_dump(by_alias=True)
            known = bag.get("secret-rpc", "")
            uri = ensure_secret(self._charm.model, relation, self._label, content, known)
            fields["secret-rpc"] = known or uri
        return fields

    @property
    def _relations(self) -> list[ops.Relation]:
        return self._charm.model.relations[self._endpoint]

    @property
    def _label(self) -> str:
        return f"{self._endpoint}-rpc"
