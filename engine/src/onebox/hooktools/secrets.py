# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-add, secret-set, secret-remove: an owner's work, which waits for the hook's good end."""

import base64
import dataclasses
import functools
import re
import secrets as randomness
from datetime import datetime
from typing import Any

from onebox import secret_content
from onebox.changes import edit, secrets
from onebox.changes.secrets import POLICIES, Draft
from onebox.errors import Refused
from onebox.flags import Flag, UsageError, option, quote
from onebox.hooktools import settings
from onebox.hooktools.context import Context
from onebox.hooktools.tool import Call, tool
from onebox.model import Model, Secret

EXPIRE = option("expire", help="Either a duration or time when the secret should expire")
ROTATE = option("rotate", help="The secret rotation policy")
DESCRIPTION = option("description", help="The secret description")
LABEL = option("label", help="A label used to identify the secret in hooks")
FILE = option("file", help="A YAML file containing secret key values")
OWNER = option(
    "owner", default="application", help="The owner of the secret, the application or unit"
)
EDITING: tuple[Flag[Any], ...] = (EXPIRE, ROTATE, DESCRIPTION, LABEL, FILE, OWNER)

REVISION = option("revision", help="Remove the specified revision")

_URI = re.compile(r"(?:secret:)?(?://[0-9a-f-]{36}/)?([0-9a-v]{20})")


def id_of(text: str) -> str:
    """The bare id in a URI such as `secret:ID`, `secret://MODEL/ID` or `ID`."""
    match = _URI.fullmatch(text)
    if match is None:
        raise UsageError(f"secret URI {quote(text)} not valid")
    return match[1]


def id_given(call: Call) -> str:
    """The bare id in the first argument, which must be there."""
    if not call.args:
        raise UsageError("missing secret URI")
    return id_of(call.arg(0))


def id_or_label(call: Call) -> tuple[str, str]:
    """The bare id or the label that a call names; at least one of them."""
    id_, label = (id_of(call.arg(0)) if call.args else ""), call[LABEL]
    if not id_ and not label:
        raise UsageError("require either a secret URI or label")
    return id_, label


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


@tool("secret-add [key[#base64|#file]=value...]", "Add a new secret.", *EDITING)
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


@tool("secret-set <ID> [key[#base64|#file]=value...]", "Update an existing secret.", *EDITING)
def secret_set(context: Context, call: Call) -> None:
    """Edit a secret; several edits in one hook make one revision."""
    id_ = id_given(call)
    context.removing.discard(id_)
    context.forget_all(id_, "secret-remove")
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
        try:
            given = settings.strings(call.read(call[FILE]))
        except Refused as error:
            raise UsageError(error.message) from None
        content.update(secret_content.from_settings(given))
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


@tool("secret-remove <ID>", "Remove an existing secret.", REVISION)
def secret_remove(context: Context, call: Call) -> None:
    """Remove a secret or one revision of it."""
    id_ = id_given(call)
    call.at_most(1)
    revision = _revision(call)
    if id_ in context.unmade:
        return
    managed(context, id_)
    if (draft := context.drafts.get(id_)) and draft.owner:
        # What this hook would only have added goes as a whole, whichever revision was meant.
        context.unmade.add(id_)
        revision = None
    key = ("secret-remove", id_, revision) if revision else ("secret-remove", id_)
    # Of what this run did with the secret before, Juju leaves nothing, whatever of it goes.
    context.drafts.pop(id_, None)
    context.forget_all(id_, "secret", "secret-track", "secret-grant", "secret-revoke")
    context.removing.add(id_)
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
