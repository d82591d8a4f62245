# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The wire between two charms under test: what one writes is all that the other reads."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import ops
import pydantic
from ops import testing

UUID = "00000000-0000-4000-8000-000000000001"


class Side:
    """One application with one unit, and its end of one relation.

    Args:
        charm: The charm type; it does its part on update-status.
        role: `provides` or `requires`.
        interface: The interface's name.
        app: The application's name.
        address: What the unit is reached at.
    """

    def __init__(
        self,
        charm: type[ops.CharmBase],
        role: str,
        interface: str,
        app: str,
        address: str = "10.0.0.1",
    ) -> None:
        meta = {"name": app, role: {"wire": {"interface": interface}}}
        self.context = testing.Context(charm, meta=meta, app_name=app)
        self.app = app
        self.relation = testing.Relation("wire", id=7, interface=interface)
        self.secrets: frozenset[testing.Secret] = frozenset()
        self._address = address

    def state(self) -> testing.State:
        """The world as this side finds it."""
        network = testing.Network(
            "wire", bind_addresses=[testing.BindAddress([testing.Address(self._address)])]
        )
        return testing.State(
            leader=True,
            relations=[self.relation],
            secrets=self.secrets,
            networks={network},
            model=testing.Model(name="demo", uuid=UUID),
        )

    def wake(self) -> None:
        """Lets the charm do its part, and keeps what it wrote."""
        out = self.context.run(self.context.on.update_status(), self.state())
        found = out.get_relation(self.relation.id)
        assert isinstance(found, testing.Relation)
        self.relation, self.secrets = found, frozenset(out.secrets)

    def hear(self, other: Side) -> None:
        """Takes over what the other side wrote, and the secrets that it granted."""
        granted = (
            dataclasses.replace(secret, owner=None, label=None, remote_grants={})
            for secret in other.secrets
            if secret.owner and secret.remote_grants.get(other.relation.id)
        )
        own = {secret.id: secret for secret in self.secrets if secret.owner}
        self.secrets = frozenset([*own.values(), *granted])
        self.hear_bags(
            other.app, other.relation.local_app_data, {0: other.relation.local_unit_data}
        )

    def hear_bags(
        self,
        app: str,
        application: Mapping[str, str],
        units: Mapping[int, Mapping[str, str]],
    ) -> None:
        """Takes over what somebody wrote who is not here: a recording."""
        self.relation = dataclasses.replace(
            self.relation,
            remote_app_name=app,
            remote_app_data=dict(application),
            remote_units_data={number: dict(bag) for number, bag in units.items()},
        )


def talk(first: Side, second: Side, rounds: int = 3) -> None:
    """Both write and read in turn until each has heard the other's last word."""
    for _ in range(rounds):
        first.wake()
        second.hear(first)
        second.wake()
        first.hear(second)


class Bag(pydantic.BaseModel):
    """Base of a schema: JSON fields are decoded, names are the published ones."""

    model_config = pydantic.ConfigDict(extra="forbid", protected_namespaces=())


def decoded(bag: Mapping[str, str], fields: Iterable[str]) -> dict[str, Any]:
    """The databag with these fields read as JSON."""
    names = set(fields)
    return {key: json.loads(text) if key in names else text for key, text in bag.items()}
