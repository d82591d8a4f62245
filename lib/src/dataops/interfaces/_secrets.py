# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Juju secrets as interfaces use them: owned by the application, granted to a relation."""

from collections.abc import Mapping

import ops


def ensure_secret(
    model: ops.Model, relation: ops.Relation, label: str, content: Mapping[str, str]
) -> str:
    """The URI of this application's secret with that label, holding that content.

    A new revision is made only when the content differs. Leader only.
    """
    wanted = {key: value for key, value in content.items() if value}
    try:
        secret = model.get_secret(label=label)
    except ops.SecretNotFoundError:
        secret = model.app.add_secret(wanted, label=label)
    else:
        # The owner is a consumer too: without refresh, its own reading keeps old revisions alive.
        if secret.get_content(refresh=True) != wanted:
            secret.set_content(wanted)
    secret.grant(relation)
    return secret.id or secret.get_info().id


def read_secret(model: ops.Model, uri: str | None) -> dict[str, str]:
    """The newest content of a secret of the other side; empty while it may not be read yet."""
    if not uri:
        return {}
    try:
        return model.get_secret(id=uri).get_content(refresh=True)
    except (ops.SecretNotFoundError, ops.ModelError):
        # Relation data may be seen before the grant: the relation's next event brings it.
        return {}


def own_secret(model: ops.Model, label: str) -> dict[str, str]:
    """The newest content of our own secret with that label; empty when there is none."""
    try:
        return model.get_secret(label=label).get_content(refresh=True)
    except ops.SecretNotFoundError:
        return {}


def drop_secret(model: ops.Model, label: str) -> bool:
    """Remove this application's secret with that label; True when there was one. Leader only."""
    try:
        model.get_secret(label=label).remove_all_revisions()
    except ops.SecretNotFoundError:
        return False
    return True
