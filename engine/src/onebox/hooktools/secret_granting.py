# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-grant, secret-revoke: who may read, for as long as a relation lasts."""

import functools

from onebox.changes import secrets
from onebox.errors import Refused
from onebox.flags import UsageError, option, quote
from onebox.hooktools.context import Context
from onebox.hooktools.secrets import id_given, managed
from onebox.hooktools.tool import Call, tool
from onebox.model import Model
from onebox.names import valid

RELATION = option("r", "relation", help="The relation with which to associate the grant")
UNIT = option("unit", help="The unit to grant access")
APPLICATION = option("app", "application", help="The application to revoke access")


@tool("secret-grant <ID>", "Grant access to a secret.", RELATION, UNIT)
def secret_grant(context: Context, call: Call) -> None:
    """Let the remote application, or one unit of it, read for as long as the relation lasts."""
    id_ = id_given(call)
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
    if id_ in context.removing:
        raise Refused(f"secret {quote(id_)} not found")
    target = call[UNIT] or application
    grant = functools.partial(_grant, id_, target, relation.id)
    context.write(grant, key=("secret-grant", id_, target, relation.id))


def _grant(id_: str, target: str, relation: int, model: Model) -> Model:
    known = id_ in model.secrets and relation in model.relations
    return secrets.grant(model, id_, target, relation) if known else model


@tool("secret-revoke <ID>", "Revoke access to a secret.", RELATION, APPLICATION, UNIT)
def secret_revoke(context: Context, call: Call) -> None:
    """Take an application's or a unit's access back."""
    id_ = id_given(call)
    target, relation = _revoked(context, call)
    call.at_most(1)
    managed(context, id_)
    revoke = functools.partial(_revoke, id_, target, relation)
    context.write(revoke, key=("secret-revoke", id_, target, relation))


def _revoked(context: Context, call: Call) -> tuple[str, int | None]:
    """Whose access goes, and in which relation."""
    app, unit = call[APPLICATION], call[UNIT]
    if app and not valid("application", app):
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
    if name and not valid("unit", name):
        raise UsageError(f"unit {quote(name)} not valid")


def _revoke(id_: str, target: str, relation: int | None, model: Model) -> Model:
    return secrets.revoke(model, id_, target, relation) if id_ in model.secrets else model
