# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""relation-ids, relation-list, relation-get, relation-set, relation-model-get."""

import functools

from onebox.changes import relations
from onebox.errors import Refused
from onebox.flags import UsageError, option, quote, switch
from onebox.hooktools import settings
from onebox.hooktools.context import Context, bag_of
from onebox.hooktools.tool import OLD_FORMAT, SMART_FORMAT, Call, tool
from onebox.model import Relation
from onebox.names import valid

RELATION = option("r", "relation", help="Specify a relation by id")
APP = switch("app", help="Get the relation data for the overall application, not just a unit")
LIST_APP = switch("app", help="List remote application instead of participating units")
SET_APP = switch("app", help='Pick whether you are setting "application" or "unit" settings')
FILE = option("file", help="File containing key-value pairs")


@tool("relation-ids <name>", "List all relation IDs for the given endpoint.", form=SMART_FORMAT)
def relation_ids(context: Context, call: Call) -> list[str]:
    """Ids such as `db:3` of the endpoint's relations that are not breaking."""
    call.at_most(1)
    name = call.arg(0) or _hook_endpoint(context)
    found = [
        f"{name}:{r.id}"
        for r in context.relations()
        if r.endpoint_of(context.app_name).name == name and not context.breaks(r)
    ]
    return sorted(found)


def _hook_endpoint(context: Context) -> str:
    if context.hook.relation is None:
        raise UsageError("no endpoint name specified")
    return context.relation("").endpoint_of(context.app_name).name


@tool("relation-list", "List relation units.", RELATION, LIST_APP, form=SMART_FORMAT)
def relation_list(context: Context, call: Call) -> list[str] | str:
    """The remote units that this unit has been told of, or the remote application."""
    relation = context.relation(call[RELATION])
    call.at_most(0)
    if call[LIST_APP]:
        return relation.other(context.app_name).application
    return context.members(relation)


@tool(
    "relation-model-get",
    "Get details about the model hosting a related application.",
    RELATION,
    form=SMART_FORMAT,
)
def relation_model_get(context: Context, call: Call) -> dict[str, str]:
    """The remote side's model: our own, unless the relation crosses models."""
    other = context.relation(call[RELATION]).other(context.app_name).application
    call.at_most(0)
    remote = context.view.remotes.get(other)
    return {"uuid": remote.model if remote else context.view.uuid}


@tool(
    "relation-get [<key> [<unit id>]]", "Get relation settings.", RELATION, APP, form=SMART_FORMAT
)
def relation_get(context: Context, call: Call) -> dict[str, str] | str | None:
    """A databag, or one value of it; nothing for a key it lacks."""
    relation = context.relation(call[RELATION])
    call.at_most(2)
    owner = _target(context, call.arg(1), call[APP])
    bag = _read(context, relation, owner)
    key = call.arg(0)
    return dict(sorted(bag.items())) if key in ("", "-") else bag.get(key)


def _target(context: Context, name: str, app: bool) -> str:
    """Whose bag is meant: a unit or an application."""
    if not name:
        return _default_target(context, app)
    if app and (valid("application", name) or valid("unit", name)):
        return name.partition("/")[0]
    if valid("unit", name):
        return name
    if valid("application", name):
        raise UsageError(f"expected unit name, got application name {quote(name)}")
    raise UsageError(f"invalid unit name {quote(name)}")


def _default_target(context: Context, app: bool) -> str:
    """The remote unit of the hook; its remote application when asked for, or in a hook without."""
    hook = context.hook
    name = hook.remote_app if app or not hook.remote_unit else hook.remote_unit
    if not name:
        raise UsageError("no unit or application specified")
    return name


def _read(context: Context, relation: Relation, owner: str) -> dict[str, str]:
    """A bag that this unit may read, its own ones with what this hook has written."""
    own = owner == context.unit_name or (owner == context.app_name and context.leads)
    if own:
        return bag_of(context.view.relations[relation.id], owner) or {}
    _refuse_foreign(context, relation, owner)
    bag = context.committed_bag(relation, owner)
    if bag is None and "/" in owner:
        raise Refused(
            f'cannot read settings for unit "{owner}" in relation "{relation.key}": '
            f'unit "{owner}": settings not found'
        )
    return bag or {}


def _refuse_foreign(context: Context, relation: Relation, owner: str) -> None:
    """Who is not in the relation is nobody's to read; one's own application's bag is the leader's.

    Juju 3.6 holds these rules and 4 has loosened them; charms must work on both.
    """
    application = owner.partition("/")[0]
    peer = len(relation.endpoints) == 1
    mine = owner == context.app_name and not peer
    if mine or application not in {e.application for e in relation.endpoints}:
        raise Refused("permission denied")


@tool(
    "relation-set key=value [key=value ...]",
    "Set relation settings.",
    RELATION,
    SET_APP,
    FILE,
    OLD_FORMAT,
)
def relation_set(context: Context, call: Call) -> None:
    """Write the unit's own bag, or its application's as the leader, when the hook ends well."""
    relation = context.relation(call[RELATION])
    values = settings.given(call, call[FILE])
    if call[SET_APP] and not context.leads:
        raise Refused("cannot write relation settings")
    owner = context.app_name if call[SET_APP] else context.unit_name
    context.write(
        functools.partial(relations.update_bag, number=relation.id, owner=owner, values=values)
    )
