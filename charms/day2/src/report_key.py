# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the reports' key lives: a secret of the application, its public half with the peers.

The leader makes it when the first report is written. Every later leader reads the same secret, so
reports go on under one key whoever leads. Public keys are kept for ever: an old report must still
be checked after its key was replaced.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import ops

from signing import PublicKey, SigningKey

logger = logging.getLogger(__name__)

LABEL = "report-key"
_CONTENT = "private-key"
_BAG = "report-keys"


def published(model: ops.Model, peers: str) -> tuple[PublicKey, ...]:
    """Every key that reports were ever signed with, the present one last."""
    relation = model.get_relation(peers)
    return tuple(PublicKey(each["public"]) for each in _entries(relation, model.app))


def signing_key(charm: ops.CharmBase, peers: str) -> SigningKey:
    """The key to sign with; made, kept as a secret and published when there is none. Leader only.

    Raises:
        ops.RelationNotFoundError: there is no peer relation to publish it in yet.
    """
    relation = charm.model.get_relation(peers)
    if relation is None:
        raise ops.RelationNotFoundError(f"no relation {peers} yet")
    entries = _entries(relation, charm.app)
    known = _read(charm.model, entries[-1]["secret"]) if entries else None
    if known is not None:
        return known
    key = SigningKey.generate()
    secret = charm.app.add_secret(
        {_CONTENT: key.to_pem()},
        label=LABEL if not entries else f"{LABEL}-{len(entries) + 1}",
        description="The key with which day2 signs its reports.",
    )
    entry = {"secret": secret.id, "public": key.public.pem}
    relation.data[charm.app][_BAG] = json.dumps([*entries, entry], sort_keys=True)
    logger.info("Reports are signed with the key %s", key.public.fingerprint)
    return key


def _entries(relation: ops.Relation | None, app: ops.Application) -> list[dict[str, Any]]:
    """The keys in the peers' databag."""
    return json.loads(relation.data[app].get(_BAG, "[]")) if relation else []


def _read(model: ops.Model, uri: str) -> SigningKey | None:
    """The key of a secret; None when somebody removed or spoilt it: then a new one is made."""
    try:
        return SigningKey.of(model.get_secret(id=uri).get_content()[_CONTENT])
    except (ops.SecretNotFoundError, KeyError, ValueError):
        logger.warning(
            "The secret of the reports' key cannot be used; another key takes its place"
        )
        return None
