# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Juju secrets as interfaces use them: owned by the application, granted to a relation."""

import weakref
from collections.abc import Mapping, MutableMapping

import ops

# What was read in this hook, by URI or label: every further look would be two processes more.
_SEEN: MutableMapping[ops.Model, dict[str, dict[str, str]]] = weakref.WeakKeyDictionary()


def ensure_secret(
    model: ops.Model,
    relation: ops.Relation,
    label: str,
    content: Mapping[str, str],
    told: str = "",
) -> str:
    """The URI of this application's secret with that label, holding that content.

    A new revision is made only when the content differs. Leader only.

    Args:
        model: the charm's.
        relation: whose other side may read it.
        label: the secret's.
        content: what it holds; empty values are left out.
        told: the URI that our databag gives the relation already: that was granted with it.
    """
    wanted = {key: value for key, value in content.items() if value}
    found = own_secret(model, label)
    if found == wanted and told:
        return told
    if found:
        secret = model.get_secret(label=label)
        if found != wanted:
            secret.set_content(wanted)
    else:
        secret = model.app.add_secret(wanted, label=label)
    _seen(model)[label] = wanted
    secret.grant(relation)
    return secret.id or secret.get_info().id


def read_secret(model: ops.Model, uri: str | None) -> dict[str, str]:
    """The newest content of a secret of the other side; empty while it may not be read yet."""
    if not uri:
        return {}
    seen = _seen(model)
    try:
        if uri not in seen:
            seen[uri] = model.get_secret(id=uri).get_content(refresh=True)
        return dict(seen[uri])
    except (ops.SecretNotFoundError, ops.ModelError):
        # Relation data may be seen before the grant: the relation's next event brings it.
        return {}


def own_secret(model: ops.Model, label: str) -> dict[str, str]:
    """The newest content of our own secret with that label; empty when there is none."""
    seen = _seen(model)
    try:
        if label not in seen:
            # The owner is a consumer too: without refresh, its own reading keeps old revisions.
            seen[label] = model.get_secret(label=label).get_content(refresh=True)
        return dict(seen[label])
    except ops.SecretNotFoundError:
        return {}


def drop_secret(model: ops.Model, label: str) -> bool:
    """Remove this application's secret with that label; True when there was one. Leader only."""
    seen = _seen(model)
    if seen.get(label) == {}:
        # Removed by this hook, which Juju learns at its end: twice would be once too often.
        return False
    seen[label] = {}
    try:
        model.get_secret(label=label).remove_all_revisions()
    except ops.SecretNotFoundError:
        return False
    return True


def _seen(model: ops.Model) -> dict[str, dict[str, str]]:
    return _SEEN.setdefault(model, {})
