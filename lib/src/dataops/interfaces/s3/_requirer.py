# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The side that stores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import ops
import pydantic

from dataops.interfaces._accepted import users_in, write_users
from dataops.interfaces._secrets import read_secret
from dataops.interfaces.s3._fields import LIB_VERSION, SECRET_FIELDS

if TYPE_CHECKING:
    from dataops.objectstore import Target

DEFAULT_BUCKET = "dataops"


class S3Requirer:
    """The requirer's end of the relation on one endpoint.

    Args:
        charm: the charm that stores.
        endpoint: the name of its `s3` endpoint; one relation is looked at.
        bucket: the bucket to ask for; a provider that was given one by its operator ignores it.
        path: what the keys of this charm shall begin with, likewise.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        bucket: str = DEFAULT_BUCKET,
        path: str = "",
    ) -> None:
        self._charm = charm
        self._endpoint = endpoint
        self._asked = {"bucket": bucket, "path": path}

    @property
    def related(self) -> bool:
        """Whether there is a relation, answered or not."""
        return self._relation() is not None

    def publish(self, *, busy: bool = False) -> None:
        """Ask for the bucket, as the leader, and say which access key this unit works with.

        A provider that changes its keys keeps the old ones until every unit has said so.

        Args:
            busy: something works on with the keys that it was given when it began.
        """
        relation, target = self._relation(), self.target()
        if relation is None:
            return
        if target is not None:
            bag = relation.data[self._charm.unit]
            earlier = users_in(bag) if busy else None
            write_users(bag, {target.access_key.get_secret_value(), *(earlier or ())})
        if self._charm.unit.is_leader():
            relation.data[self._charm.app].update(
                {
                    **self._asked,
                    "requested-secrets": json.dumps(SECRET_FIELDS),
                    "lib-version": LIB_VERSION,
                }
            )

    def target(self) -> Target | None:
        """The bucket with its keys; None while the provider has not answered in full."""
        return self._read()[0]

    def trouble(self) -> str:
        """What is wrong with an answer, for the operator; empty when nothing is, or none came."""
        return self._read()[1]

    def _read(self) -> tuple[Target | None, str]:
        relation = self._relation()
        if relation is None:
            return None, ""
        bag = dict(relation.data[relation.app])
        if not set(bag) & {"bucket", "secret-extra", *SECRET_FIELDS}:
            return None, ""
        # Here, because most hooks have no answer to read.
        from dataops.interfaces.s3._models import target_of

        keys = read_secret(self._charm.model, bag.get("secret-extra"))
        if bag.get("secret-extra") and not keys:
            # The bag may be seen before the grant.
            return None, ""
        try:
            return target_of(bag, keys or bag), ""
        except pydantic.ValidationError as error:
            reasons = "; ".join(
                one["msg"].removeprefix("Value error, ")
                for one in error.errors(include_url=False, include_input=False)
            )
            return None, f"{relation.app.name}: {reasons}"

    def _relation(self) -> ops.Relation | None:
        relations = self._charm.model.relations[self._endpoint]
        alive = (one for one in relations if one.active and one.app)
        return min(alive, key=lambda one: one.id, default=None)


def store_of(requirer: S3Requirer, directory: str) -> tuple[Target | None, str]:
    """Where to store, and why nowhere yet.

    Args:
        requirer: its relation goes first: with one, the directory is not used.
        directory: the option of the charm, an absolute path; empty when there is none.

    Returns:
        The target or None, and a sentence for the operator: empty with a target, and when
        neither relation nor directory was given.
    """
    if requirer.related:
        target = requirer.target()
        return target, "" if target else requirer.trouble() or "the object store has not answered"
    if not directory:
        return None, ""
    from dataops.objectstore import Target

    return Target(kind="local", directory=directory), ""
