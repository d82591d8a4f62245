# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a verb may ask Juju itself, beside the charm's own facts; within the hook only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ops

from dataops.host import network
from dataops.host.paths import UnitPaths
from dataops.operations._shapes import OperationError

# A databag's value may be a dashboard or a journal: its beginning tells what it is.
_LONGEST_VALUE = 2048


class Juju:
    """Juju, as the verb's unit sees it.

    Args:
        charm: None where there is none, as in a test of a verb that asks nothing.
    """

    def __init__(self, charm: ops.CharmBase | None = None) -> None:
        self._charm = charm

    @property
    def unit(self) -> str:
        """This unit's name."""
        return self._present.unit.name

    @property
    def paths(self) -> UnitPaths:
        """This unit's directories."""
        return UnitPaths.of(self._present)

    @property
    def leader(self) -> bool:
        """Whether this unit leads its application."""
        return self._present.unit.is_leader()

    def address(self, endpoint: str) -> str:
        """Where this unit listens for whoever is at the other end of the endpoint."""
        return network.address(self._present, endpoint)

    def secret(self, uri: str) -> dict[str, str]:
        """The newest content of a secret that was granted to this application.

        Raises:
            OperationError: it was not, or it is gone.
        """
        try:
            secret = self._present.model.get_secret(id=uri)
            return dict(secret.get_content(refresh=True))
        except (ops.SecretNotFoundError, ops.ModelError):
            raise OperationError(
                f"Cannot read the secret {uri}: whoever asks must grant it to "
                f"{self._present.app.name}, by the relation over which it asks."
            ) from None

    def share(self, content: Mapping[str, str], endpoint: str, label: str) -> str:
        """The URI of a secret that every application related by the endpoint may read.

        Leader only. One of that label that was not withdrawn gets the new content.
        """
        charm = self._present
        try:
            # Not removed and made anew: Juju makes before it removes, and labels are unique.
            secret = charm.model.get_secret(label=label)
            secret.set_content(dict(content))
        except ops.SecretNotFoundError:
            secret = charm.app.add_secret(dict(content), label=label)
        for relation in charm.model.relations[endpoint]:
            if relation.active:
                secret.grant(relation)
        name = secret.id or secret.get_info().id
        return name if name.startswith("secret:") else f"secret:{name}"

    def withdraw(self, label: str) -> bool:
        """Whether there was such a secret of ours; nobody can read it any more. Leader only."""
        try:
            self._present.model.get_secret(label=label).remove_all_revisions()
        except ops.SecretNotFoundError:
            return False
        return True

    def view(self) -> dict[str, Any]:
        """The model as this unit sees it: itself, its options, every relation and its databags."""
        charm = self._present
        return {
            "model": {"name": charm.model.name, "uuid": charm.model.uuid},
            "unit": charm.unit.name,
            "leader": charm.unit.is_leader(),
            "charm": charm.meta.name,
            "status": {
                "unit": _status(charm.unit),
                "application": _status(charm.app) if charm.unit.is_leader() else None,
            },
            "config": dict(charm.config),
            "storage": {
                name: [str(each.location) for each in attached]
                for name, attached in charm.model.storages.items()
            },
            "relations": {
                endpoint: [self._relation(relation) for relation in relations]
                for endpoint, relations in charm.model.relations.items()
                if relations
            },
        }

    @property
    def _present(self) -> ops.CharmBase:
        if self._charm is None:
            raise OperationError("There is no Juju here to ask.")
        return self._charm

    def _relation(self, relation: ops.Relation) -> dict[str, Any]:
        """One relation with what each side says."""
        charm = self._present
        holders: list[ops.Application | ops.Unit] = [charm.unit, *_units(relation)]
        holders += [charm.app] if charm.unit.is_leader() else []
        if relation.app is not charm.app:
            holders.append(relation.app)
        return {
            "id": relation.id,
            "application": relation.app.name,
            "active": relation.active,
            "bags": {
                holder.name: {k: _short(v) for k, v in sorted(relation.data[holder].items())}
                for holder in holders
            },
        }


def _units(relation: ops.Relation) -> list[ops.Unit]:
    """The relation's other units, by number."""
    return sorted(relation.units, key=lambda unit: int(unit.name.rpartition("/")[2]))


def _status(holder: ops.Application | ops.Unit) -> dict[str, str] | None:
    """Its status, if Juju tells."""
    try:
        status = holder.status
    except (ops.ModelError, RuntimeError, ops.InvalidStatusError):
        return None
    return {"status": status.name, "message": status.message}


def _short(value: str) -> str:
    """The value, or its beginning."""
    if len(value) <= _LONGEST_VALUE:
        return value
    return f"{value[:_LONGEST_VALUE]}... ({len(value)} characters)"
