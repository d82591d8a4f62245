# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-get: which secret, which revision, and what it makes the reader."""

import functools
from collections.abc import Mapping

from onebox import secret_content
from onebox.changes import secrets
from onebox.changes.secrets import Draft
from onebox.errors import Refused
from onebox.flags import UsageError, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.secrets import LABEL, id_or_label, may_manage
from onebox.hooktools.tool import DOCUMENT_FORMAT, Call, tool
from onebox.model import Model, Secret

PEEK = switch("peek", help="Get the latest revision just this time")
REFRESH = switch(
    "refresh", help="Get the latest revision and also get this same revision for subsequent calls"
)


@tool(
    "secret-get <ID> [key[#base64]]",
    "Get the content of a secret.",
    LABEL,
    PEEK,
    REFRESH,
    form=DOCUMENT_FORMAT,
)
def secret_get(context: Context, call: Call) -> dict[str, str] | str:
    """All of the content, or one value."""
    id_, label = id_or_label(call)
    if call[PEEK] and call[REFRESH]:
        raise UsageError("specify one of --peek or --refresh but not both")
    call.at_most(2)
    id_ = id_ or _by_label(context, label)
    content = _pending(context, call, id_) or _committed(context, call, id_)
    key = call.arg(1)
    return secret_content.value_of(content, key) if key else secret_content.decoded(content)


def _by_label(context: Context, label: str) -> str:
    """The secret of a label: the owner's, which its peers may use too, or the reader's own."""
    owners = (context.unit_name, context.app_name)
    for secret in context.view.secrets.values():
        if secret.owner in owners and secret.label == label:
            return secret.id
    for secret in context.services.read().secrets.values():
        record = secret.consumers.get(context.unit_name)
        if record is not None and record.label == label:
            return secret.id
    raise Refused(f"secret URI for consumer label {quote(label)} not found")


def _pending(context: Context, call: Call, id_: str) -> Mapping[str, str] | None:
    """What this very hook will have made of it, if it is to be read now."""
    draft = context.drafts.get(id_)
    if draft is None or draft.content is None:
        return None
    if not draft.owner and not call[PEEK] and not call[REFRESH]:
        return None
    if draft.owner or call[REFRESH]:
        context.write(functools.partial(_track, id_, context.unit_name), key=("secret-track", id_))
    return draft.content


def _track(id_: str, unit: str, model: Model) -> Model:
    return secrets.track(model, id_, unit, refresh=True) if id_ in model.secrets else model


def _committed(context: Context, call: Call, id_: str) -> Mapping[str, str]:
    """The revision to read now; the reader is recorded at once, whatever becomes of the hook."""
    model = context.services.read()
    secret = model.secrets.get(id_)
    if secret is None and _is_of_another(model, call.arg(0)):
        # Juju asks the other model, which does not say whether there is such a secret.
        raise Refused("permission denied")
    if secret is None:
        raise Refused("getting latest secret revision: secret not found")
    if not secrets.may_read(model, secret, context.unit_name):
        unit = quote(context.unit_name)
        raise Refused(f"{unit} is not allowed to read this secret")
    secret = _recorded(context, secret, call)
    latest = call[PEEK] or call[REFRESH]
    number = secret.latest if latest else secret.consumers[context.unit_name].tracked
    if number not in secret.revisions:
        raise Refused("secret revision not found")
    return secret.revisions[number].content


def _is_of_another(model: Model, uri: str) -> bool:
    return uri.startswith("secret://") and not uri.startswith(f"secret://{model.uuid}/")


def _recorded(context: Context, secret: Secret, call: Call) -> Secret:
    """The secret with this unit as its reader, committed if that is news."""
    own = secret.owner in (context.unit_name, context.app_name)
    label = call[LABEL] if call.args else ""
    if own and label and label != secret.label and may_manage(context, secret):
        _relabel(context, secret.id, label)
    change = functools.partial(
        secrets.track,
        id_=secret.id,
        unit=context.unit_name,
        refresh=call[REFRESH],
        label=None if own else label or None,
    )
    record = secret.consumers.get(context.unit_name)
    settled = record is not None and record.tracked == secret.latest
    if record is not None and (settled or not call[REFRESH]) and label in ("", record.label):
        return secret
    return context.services.transact(change).secrets[secret.id]


def _relabel(context: Context, id_: str, label: str) -> None:
    """An owner who reads under another label gives the secret that label, at once."""
    now = context.services.now()
    context.services.transact(lambda m: secrets.revise(m, Draft(id_, label=label), now))
