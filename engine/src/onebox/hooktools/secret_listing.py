# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-ids, secret-info-get: what an owner may know of its secrets; never the content."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from onebox.changes import edit
from onebox.errors import Refused
from onebox.flags import UsageError, quote
from onebox.hooktools.context import Context
from onebox.hooktools.secrets import LABEL, id_or_label, may_manage
from onebox.hooktools.tool import DOCUMENT_FORMAT, SMART_FORMAT, Call, tool
from onebox.model import Grant, Model, Secret
from onebox.names import tag
from onebox.render.document import Timestamp
from onebox.render.times import rfc3339


@tool("secret-ids", "Print secret IDs.", form=SMART_FORMAT)
def secret_ids(context: Context, call: Call) -> list[str]:
    """Bare ids of the secrets that this unit may manage."""
    call.at_most(0)
    return sorted(s.id for s in _shown(context))


@tool("secret-info-get <ID>", "Get a secret's metadata info.", LABEL, form=DOCUMENT_FORMAT)
def secret_info_get(context: Context, call: Call) -> dict[str, Any]:
    """What an owner may know of its secret; never the content."""
    id_, label = id_or_label(call)
    if id_ and label:
        raise UsageError("specify either a secret URI or label but not both")
    call.at_most(1)
    for secret in _shown(context):
        if secret.id == id_ or (label and secret.label == label):
            return {secret.id: _info(context.view, _as_told(context, secret))}
    raise Refused(f"secret {quote(id_ or label)} not found")


def _shown(context: Context) -> Iterator[Secret]:
    """The secrets that this unit may manage and removes nothing of."""
    for secret in context.view.secrets.values():
        if may_manage(context, secret) and secret.id not in context.removing:
            yield secret


def _as_told(context: Context, secret: Secret) -> Secret:
    """A secret that this hook adds has no time of rotation before the hook has ended."""
    draft = context.drafts.get(secret.id)
    return edit.replace(secret, rotates=None) if draft and draft.owner else secret


def _info(model: Model, secret: Secret) -> dict[str, Any]:
    newest = secret.revisions.get(secret.latest)
    expires = newest.expires if newest else None
    info: dict[str, Any] = {
        "revision": secret.latest,
        "label": secret.label,
        "owner": "unit" if "/" in secret.owner else "application",
        "description": secret.description,
        "rotation": secret.rotate,
        "expiry": _time(expires) if expires else None,
        "rotates": _time(secret.rotates) if secret.rotates else None,
        "access": [access(model, g) for g in secret.grants],
    }
    needed = ("revision", "label", "owner")
    return {k: v for k, v in info.items() if v or k in needed}


def _time(moment: datetime) -> Timestamp:
    return Timestamp(rfc3339(moment.isoformat()))


def access(model: Model, grant: Grant) -> dict[str, str]:
    """A grant in Juju's tags."""
    relation = model.relations.get(-1 if grant.relation is None else grant.relation)
    key = relation.key.replace(":", ".").replace(" ", "#") if relation else ""
    return {
        "target": tag(grant.target),
        "scope": f"relation-{key}" if relation else f"model-{model.uuid}",
        "role": "view",
    }
