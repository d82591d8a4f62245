# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The side that has buckets."""

from __future__ import annotations

from collections.abc import Mapping

import ops
import pydantic

from dataops.interfaces._accepted import users_in
from dataops.interfaces._secrets import drop_secret, ensure_secret
from dataops.interfaces.s3._fields import LIB_VERSION, SECRET_FIELDS
from dataops.interfaces.s3._models import BucketRequest, fields_of
from dataops.objectstore import Target


class S3Provider:
    """The provider's end of every relation on one endpoint.

    Args:
        charm: the providing charm.
        endpoint: the name of its `s3` endpoint.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._model = charm.model
        self._endpoint = endpoint

    def requests(self) -> tuple[BucketRequest, ...]:
        """Every request that can be granted, ordered by relation."""
        return tuple(found for found in self._read() if isinstance(found, BucketRequest))

    def refusals(self) -> tuple[str, ...]:
        """Why other requests cannot be granted, one sentence each, for the operator."""
        return tuple(found for found in self._read() if isinstance(found, str))

    def answer(self, request: BucketRequest, target: Target) -> None:
        """Hand over bucket and keys, in a secret to whoever can read one. Leader only."""
        relation = next(
            one for one in self._model.relations[self._endpoint] if one.id == request.relation_id
        )
        keys = {
            "access-key": target.access_key.get_secret_value(),
            "secret-key": target.secret_key.get_secret_value(),
        }
        fields = fields_of(target)
        label = self._label(request.relation_id)
        if request.version == "v1":
            told = relation.data[self._model.app].get("secret-extra", "")
            fields["secret-extra"] = ensure_secret(self._model, relation, label, keys, told)
            fields.update(dict.fromkeys(SECRET_FIELDS, ""), **{"lib-version": LIB_VERSION})
        else:
            # What the old contract is: whoever reads the databag has the keys.
            fields.update(keys)
        # An empty value deletes its key.
        relation.data[self._model.app].update(fields)

    def accepted(self, relation_id: int) -> Mapping[str, frozenset[str] | None]:
        """By unit behind that relation, the access keys that it says it works with.

        None for a unit that says nothing, as those of published charms do.
        """
        relations = self._model.relations[self._endpoint]
        relation = next((one for one in relations if one.id == relation_id), None)
        if relation is None:
            return {}
        return {unit.name: users_in(relation.data[unit]) for unit in relation.units}

    def withdraw(self, relation_id: int) -> bool:
        """Whether there was a secret of that relation, which is gone now. Leader only."""
        return drop_secret(self._model, self._label(relation_id))

    def _label(self, relation_id: int) -> str:
        return f"{self._endpoint}.{relation_id}.extra.secret"

    def _read(self) -> list[BucketRequest | str]:
        relations = sorted(self._model.relations[self._endpoint], key=lambda one: one.id)
        return [_parsed(one) for one in relations if one.active and one.app]


def _parsed(relation: ops.Relation) -> BucketRequest | str:
    """The request, or why it is refused."""
    bag = relation.data[relation.app]
    # A unit may ask, too, says the old contract.
    bags: list[Mapping[str, str]] = [bag, *(relation.data[unit] for unit in relation.units)]
    asked = {
        name: next((one[name] for one in bags if one.get(name)), "") for name in ("bucket", "path")
    }
    try:
        return BucketRequest(
            relation_id=relation.id,
            application=relation.app.name,
            version="v1" if bag.get("requested-secrets") else "v0",
            bucket=asked["bucket"],
            path=asked["path"].strip("/"),
        )
    except pydantic.ValidationError as error:
        wrong = ", ".join(
            f"{one['loc'][0]} {asked[str(one['loc'][0])]!r}"
            for one in error.errors(include_url=False)[:1]
        )
        return f"relation {relation.id} with {relation.app.name}: no store takes {wrong}"
