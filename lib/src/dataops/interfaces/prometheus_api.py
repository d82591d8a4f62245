# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The interface prometheus_api: where a Prometheus answers queries, and as whom to ask.

Provider application bag: `direct_url`, and optionally `ingress_url`, as published. Ours are `ca`,
the PEM certificates by which an https address is trusted, and `secret-user`, the URI of a secret
with `username` and `password`. Requirer unit bag: `accepted-users`, the users it works with. A
published charm ignores what is ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import ops
import pydantic

from dataops.interfaces._accepted import ACCEPTED, users_in, write_users
from dataops.interfaces._secrets import drop_secret, ensure_secret, read_secret
from dataops.passing import pass_over


@dataclasses.dataclass(frozen=True)
class Login:
    """As whom to ask: HTTP basic authentication."""

    username: str
    password: str = dataclasses.field(repr=False)


class QueryServer(pydantic.BaseModel):
    """One Prometheus: its base URL without a trailing slash, the CA it is trusted by, and a login.

    Without a username, it answers everybody.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    direct_url: pydantic.AnyHttpUrl
    ingress_url: pydantic.AnyHttpUrl | None = None
    ca: str = ""
    username: str = ""
    password: str = pydantic.Field(default="", repr=False)

    @property
    def url(self) -> str:
        """The base of every API path: from inside the model, the direct address."""
        return str(self.direct_url).rstrip("/")


class QueryProvider:
    """The Prometheus side."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def publish(self, url: str, ca: str = "", logins: Mapping[int, Login] | None = None) -> None:
        """Tells every relation where to query, and as whom; the leader only.

        Args:
            url: The base URL, e.g. `http://10.1.2.3:9090`.
            ca: PEM certificates to trust for an https address, else empty.
            logins: By relation id; a relation without one is told of none.
        """
        if not self._charm.unit.is_leader():
            return
        model = self._charm.model
        for relation in model.relations[self._endpoint]:
            bag = relation.data[self._charm.app]
            bag["direct_url"] = url
            # An empty value deletes the key, as Juju has it.
            bag["ca"] = ca
            if login := (logins or {}).get(relation.id):
                content = {"username": login.username, "password": login.password}
                label = self._label(relation.id)
                told = bag.get("secret-user", "")
                bag["secret-user"] = ensure_secret(model, relation, label, content, told)
            elif "secret-user" in bag:
                bag["secret-user"] = ""
                drop_secret(model, self._label(relation.id))
        pass_over(self._charm, self._endpoint, unless=ACCEPTED)

    def withdraw(self, relation_id: int) -> None:
        """Forgets the login of a relation that is broken; the leader only."""
        if self._charm.unit.is_leader():
            drop_secret(self._charm.model, self._label(relation_id))

    def relations(self) -> tuple[int, ...]:
        """The ids of the relations that are there to stay."""
        relations = self._charm.model.relations[self._endpoint]
        return tuple(sorted(relation.id for relation in relations if relation.active))

    def accepted(self, relation_id: int) -> Mapping[str, frozenset[str] | None]:
        """By unit of the requirer, the users that it says it works with.

        None for a unit that says nothing, as those of published charms do.
        """
        relations = self._charm.model.relations[self._endpoint]
        relation = next((each for each in relations if each.id == relation_id), None)
        if relation is None:
            return {}
        return {unit.name: users_in(relation.data[unit]) for unit in relation.units}

    def _label(self, relation_id: int) -> str:
        return f"{self._endpoint}-{relation_id}"


class QueryRequirer:
    """The side that asks."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def server(self) -> QueryServer | None:
        """The Prometheus to ask; None while no related one has published a usable address.

        Nor is it usable while the secret that it names cannot be read.
        """
        relations = sorted(self._charm.model.relations[self._endpoint], key=lambda each: each.id)
        for relation in relations:
            if not relation.app:
                continue
            bag = dict(relation.data[relation.app])
            uri = bag.get("secret-user")
            login = read_secret(self._charm.model, uri)
            if uri and not login:
                continue
            try:
                return QueryServer.model_validate({**bag, **login})
            except pydantic.ValidationError:
                continue
        return None

    def accept(self, usernames: Iterable[str]) -> None:
        """Tell the provider which users this unit works with now, and no others.

        One that changes its passwords keeps the old user until every unit has said so. Who never
        had a user has nothing to say.
        """
        users = tuple(usernames)
        for relation in self._charm.model.relations[self._endpoint]:
            if relation.active and (users or ACCEPTED in relation.data[self._charm.unit]):
                write_users(relation.data[self._charm.unit], users)
