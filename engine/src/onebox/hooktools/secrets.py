# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-add, secret-set, secret-remove, secret-grant, secret-revoke, secret-ids, secret-info-get.

Everything an owner does waits for the good end of the hook. Reading is in `secret_reading`.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import re
import secrets as randomness
from datetime import datetime
from typing import Any

from onebox.changes import edit, secrets
from onebox.changes.secrets import POLICIES, Draft
from onebox.errors import Refused
from onebox.flags import Flag, UsageError, option, quote
from onebox.hooktools import secret_content, settings
from onebox.hooktools.context import Context
from onebox.hooktools.relation import is_application, is_unit
from onebox.hooktools.tool import DOCUMENT_FORMAT, SMART_FORMAT, Call, tool
from onebox.model import Grant, Model, Secret
from onebox.render.document import Timestamp
from onebox.render.times import rfc3339

EXPIRE = option("expire", help="Either a duration or time when the secret should expire")
ROTATE = option("rotate", help="The secret rotation policy")
DESCRIPTION = option("description", help="The secret description")
LABEL = option("label", help="A label used to identify the secret in hooks")
FILE = option("file", help="A YAML file containing secret key values")
OWNER = option(
    "owner", default="application", help="The owner of the secret, the application or unit"
)
EDITING: tuple[Flag[Any], ...] = (EXPIRE, ROTATE, DESCRIPTION, LABEL, FILE, OWNER)

RELATION = option("r", "relation", help="The relation with which to associate the grant")
UNIT = option("unit", help="The unit to grant access")
APPLICATION = option("app", "application", help="The application to revoke access")
REVISION = option("revision", help="Remove the specified revision")

_URI = re.compile(r"(?:secret:)?(?://[0-9a-f-]{36}/)?([0-9a-v]{20})")


def id_of(text: str) -> str:
    """The bare id in a URI such as `secret:ID`, `secret://MODEL/ID` or `ID`."""
    match = _URI.fullmatch(text)
    if match is None:
        raise UsageError(f"secret URI {quote(text)} not valid")
    return match[1]


def new_id() -> str:
    """Twenty characters that nobody else draws."""
    return base64.b32hexencode(randomness.token_bytes(12)).decode().rstrip("=").lower()


# -- whose it is -------------------------------------------------------------------------------


def may_manage(context: Context, secret: Secret) -> bool:
    """Whether the unit owns the secret, itself or as the leader of its application."""
    mine = secret.owner == context.app_name and context.leads
    return mine or secret.owner == context.unit_name


def managed(context: Context, id_: str) -> Secret:
    """A secret that this unit may change, with its pending changes; else Refused."""
    secret = context.view.secrets.get(id_)
    if secret is None:
        raise Refused(f"secret {quote(id_)} not found")
    if secret.owner == context.app_name and not context.leads:
        raise Refused("this unit is not the leader")
    if not may_manage(context, secret):
        raise Refused("permission denied")
    return secret


# -- adding and editing ------------------------------------------------------------------------


@tool("secret-add", *EDITING, usage="[key[#base64|#file]=value...]", purpose="Add a new secret.")
def secret_add(context: Context, call: Call) -> str:
    """The URI of a new secret; readable in this hook already."""
    if not call.args and not call[FILE]:
        raise UsageError("missing secret value or filename")
    draft = _draft(context, call, new_id(), call.args)
    if not draft.content:
        raise Refused("empty secret value not valid")
    owner = context.unit_name if call[OWNER] == "unit" else context.app_name
    if owner == context.app_name and not context.leads:
        raise Refused("this unit is not the leader")
    if draft.label and draft.label in {d.label for d in context.drafts.values() if d.owner}:
        raise Refused(f"secret with label {quote(draft.label)} already exists")
    _stage(context, dataclasses.replace(draft, owner=owner))
    return f"secret://{context.view.uuid}/{draft.id}\n"


@tool(
    "secret-set",
    *EDITING,
    usage="<ID> [key[#base64|#file]=value...]",
    purpose="Update an existing secret.",
)
def secret_set(context: Context, call: Call) -> None:
    """Edit a secret; several edits in one hook make one revision."""
    if not call.args:
        raise UsageError("missing secret URI")
    id_ = id_of(call.arg(0))
    context.forget(("secret-remove", id_))
    draft = _draft(context, call, id_, call.args[1:])
    managed(context, id_)
    _stage(context, context.drafts.get(id_, Draft(id_)).then(draft))


def _draft(context: Context, call: Call, id_: str, pairs: tuple[str, ...]) -> Draft:
    expires = secret_content.expiry(call[EXPIRE], context.services.now())
    if call[ROTATE] and call[ROTATE] not in POLICIES:
        raise UsageError(f"rotate policy {quote(call[ROTATE])} not valid")
    if call[OWNER] not in ("application", "unit"):
        raise UsageError(f"secret owner {quote(call[OWNER])} not valid")
    content = secret_content.from_arguments(pairs, call.read)
    if call[FILE]:
        content.update(secret_content.from_settings(settings.strings(call.read(call[FILE]))))
    return Draft(
        id_,
        content=content or None,
        label=call[LABEL] or None,
        description=call[DESCRIPTION] or None,
        expires=expires,
        rotate=call[ROTATE] or None,
    )


def _stage(context: Context, draft: Draft) -> None:
    context.drafts[draft.id] = draft
    now = context.services.now()
    context.write(
        functools.partial(_land, draft, now),
        key=("secret", draft.id),
        # Juju looks for the label among committed secrets only when the hook has ended.
        preview=functools.partial(_land_unlabelled, draft, now),
    )


def _land(draft: Draft, now: datetime, model: Model) -> Model:
    try:
        return secrets.create(model, draft, now) if draft.owner else _revise(draft, now, model)
    except Refused as error:
        doing = "create" if draft.owner else "update"
        leading = "" if "/" in draft.owner else "executing leadership func: "
        what = f'{doing} secrets: {doing[:-1]}ing secret "{draft.id}"'
        raise Refused(f"{leading}{what}: {error.message}", error.code) from None


def _revise(draft: Draft, now: datetime, model: Model) -> Model:
    # Whoever removed it meanwhile has the last word.
    return secrets.revise(model, draft, now) if draft.id in model.secrets else model


def _land_unlabelled(draft: Draft, now: datetime, model: Model) -> Model:
    try:
        return _land(draft, now, model)
    except Refused:
        model = _land(dataclasses.replace(draft, label=None), now, model)
        secret = edit.replace(model.secrets[draft.id], label=draft.label)
        return edit.put(model, "secrets", draft.id, secret)


# -- removing ----------------------------------------------------------------------------------


@tool("secret-remove", REVISION, usage="<ID>", purpose="Remove an existing secret.")
def secret_remove(context: Context, call: Call) -> None:
    """Remove a secret or one revision of it."""
    if not call.args:
        raise UsageError("missing secret URI")
    id_ = id_of(call.arg(0))
    call.at_most(1)
    managed(context, id_)
    revision = _revision(call)
    key = ("secret-remove", id_, revision) if revision else ("secret-remove", id_)
    if not revision:
        context.drafts.pop(id_, None)
        context.forget(("secret", id_))
        context.forget(("secret-track", id_))
    gone = (revision,) if revision else ()
    context.write(functools.partial(_remove, id_, gone), key=key)


def _revision(call: Call) -> int | None:
    if not call.parsed.given(REVISION):
        return None
    text = call[REVISION]
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"invalid value {quote(text)} for option --revision: must be positive")
    return int(text)


def _remove(id_: str, revisions: tuple[int, ...], model: Model) -> Model:
    return secrets.remove(model, id_, revisions) if id_ in model.secrets else model


# -- granting ----------------------------------------------------------------------------------


@tool("secret-grant", RELATION, UNIT, usage="<ID>", purpose="Grant access to a secret.")
def secret_grant(context: Context, call: Call) -> None:
    """Let the remote application, or one unit of it, read for as long as the relation lasts."""
    if not call.args:
        raise UsageError("missing secret URI")
    id_ = id_of(call.arg(0))
    relation = context.relation(call[RELATION])
    application = relation.other(context.app_name).application
    _check_unit(call[UNIT])
    if call[UNIT] and call[UNIT].partition("/")[0] != application:
        raise UsageError(
            f"cannot specify unit {quote(call[UNIT])} in relation to application "
            f"{quote(application)}"
        )
    call.at_most(1)
    managed(context, id_)
    target = call[UNIT] or application
    context.write(functools.partial(_grant, id_, target, relation.id))


def _grant(id_: str, target: str, relation: int, model: Model) -> Model:
    known = id_ in model.secrets and relation in model.relations
    return secrets.grant(model, id_, target, relation) if known else model


@tool(
    "secret-revoke",
    RELATION,
    APPLICATION,
    UNIT,
    usage="<ID>",
    purpose="Revoke access to a secret.",
)
def secret_revoke(context: Context, call: Call) -> None:
    """Take an application's or a unit's access back."""
    if not call.args:
        raise UsageError("missing secret URI")
    id_ = id_of(call.arg(0))
    target, relation = _revoked(context, call)
    call.at_most(1)
    managed(context, id_)
    context.write(functools.partial(_revoke, id_, target, relation))


def _revoked(context: Context, call: Call) -> tuple[str, int | None]:
    """Whose access goes, and in which relation."""
    app, unit = call[APPLICATION], call[UNIT]
    if app and not is_application(app):
        raise UsageError(f"application {quote(app)} not valid")
    _check_unit(unit)
    if app and unit:
        raise UsageError("specify only one of application or unit")
    if call[RELATION] or context.hook.relation is not None:
        relation = context.relation(call[RELATION])
        if app:
            raise UsageError("do not specify both relation and app")
        return unit or relation.other(context.app_name).application, relation.id
    if not app and not unit:
        raise UsageError("missing relation or application or unit")
    return unit or app, None


def _check_unit(name: str) -> None:
    if name and not is_unit(name):
        raise UsageError(f"unit {quote(name)} not valid")


def _revoke(id_: str, target: str, relation: int | None, model: Model) -> Model:
    return secrets.revoke(model, id_, target, relation) if id_ in model.secrets else model


# -- listing -----------------------------------------------------------------------------------


@tool("secret-ids", purpose="Print secret IDs.", form=SMART_FORMAT)
def secret_ids(context: Context, call: Call) -> list[str]:
    """Bare ids of the secrets that this unit may manage."""
    call.at_most(0)
    return sorted(s.id for s in context.view.secrets.values() if may_manage(context, s))


@tool(
    "secret-info-get",
    LABEL,
    usage="<ID>",
    purpose="Get a secret's metadata info.",
    form=DOCUMENT_FORMAT,
)
def secret_info_get(context: Context, call: Call) -> dict[str, Any]:
    """What an owner may know of its secret; never the content."""
    id_, label = (id_of(call.arg(0)) if call.args else ""), call[LABEL]
    if not id_ and not label:
        raise UsageError("require either a secret URI or label")
    if id_ and label:
        raise UsageError("specify either a secret URI or label but not both")
    call.at_most(1)
    for secret in context.view.secrets.values():
        if may_manage(context, secret) and (secret.id == id_ or (label and secret.label == label)):
            return {secret.id: _info(context.view, secret)}
    raise Refused(f"secret {quote(id_ or label)} not found")


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
    kind = "unit" if "/" in grant.target else "application"
    relation = model.relations.get(-1 if grant.relation is None else grant.relation)
    key = relation.key.replace(":", ".").replace(" ", "#") if relation else ""
    return {
        "target": f"{kind}-{grant.target.replace('/', '-')}",
        "scope": f"relation-{key}" if relation else f"model-{model.uuid}",
        "role": "view",
    }
