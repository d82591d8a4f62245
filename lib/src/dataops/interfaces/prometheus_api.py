# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The interface prometheus_api: where a Prometheus answers queries.

Provider application bag: `direct_url`, and optionally `ingress_url`, as published; `ca` is ours:
the PEM certificates by which an https address is trusted. A published requirer ignores it.
"""

from __future__ import annotations

import ops
import pydantic


class QueryServer(pydantic.BaseModel):
    """One Prometheus: its base URL without a trailing slash, and the CA it is trusted by."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    direct_url: pydantic.AnyHttpUrl
    ingress_url: pydantic.AnyHttpUrl | None = None
    ca: str = ""

    @property
    def url(self) -> str:
        """The base of every API path: from inside the model, the direct address."""
        return str(self.direct_url).rstrip("/")


class QueryProvider:
    """The Prometheus side."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def publish(self, url: str, ca: str = "") -> None:
        """Tells every relation where to query; the leader only.

        Args:
            url: The base URL, e.g. `http://10.1.2.3:9090`.
            ca: PEM certificates to trust for an https address, else empty.
        """
        if not self._charm.unit.is_leader():
            return
        for relation in self._charm.model.relations[self._endpoint]:
            bag = relation.data[self._charm.app]
            bag["direct_url"] = url
            # An empty value deletes the key, as Juju has it.
            bag["ca"] = ca


class QueryRequirer:
    """The side that asks."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def server(self) -> QueryServer | None:
        """The Prometheus to ask; None while no related one has published a usable address."""
        relations = sorted(self._charm.model.relations[self._endpoint], key=lambda each: each.id)
        for relation in relations:
            if not relation.app:
                continue
            try:
                return QueryServer.model_validate(dict(relation.data[relation.app]))
            except pydantic.ValidationError:
                continue
        return None
