# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""storage-list, storage-get, storage-add."""

import functools

from onebox import directives
from onebox.changes import storage
from onebox.errors import Refused
from onebox.flags import UsageError, option, quote
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool
from onebox.model import Storage
from onebox.names import valid

ID = option("s", help="Specify a storage instance by id")


@tool("storage-list [<storage-name>]", "List storage attached to the unit.", form=SMART_FORMAT)
def storage_list(context: Context, call: Call) -> list[str]:
    """Ids of the unit's attached storage, all or of one name."""
    call.at_most(1)
    return [s.id for s in _attached(context) if call.arg(0) in ("", s.name)]


@tool(
    "storage-get [<key>]",
    "Print information for the storage instance with the specified ID.",
    ID,
    form=SMART_FORMAT,
)
def storage_get(context: Context, call: Call) -> dict[str, str] | str:
    """Kind and location, or one of them."""
    wanted = call[ID] or context.hook.storage
    if not wanted:
        raise UsageError("no storage instance specified")
    call.at_most(1)
    # A storage's id is made like the name of a unit.
    if not valid("unit", wanted):
        raise UsageError(
            f"invalid value {quote(wanted)} for option -s: invalid storage ID {quote(wanted)}"
        )
    found = next((s for s in _attached(context) if s.id == wanted), None)
    if found is None:
        missing = f"storage instance {quote(wanted)} not found"
        raise UsageError(f"invalid value {quote(wanted)} for option -s: {missing}")
    location = str(context.services.storage_path(found.location))
    facts = {"kind": found.kind, "location": location}
    key = call.arg(0)
    if key and key not in facts:
        raise Refused(f"invalid storage attribute {quote(key)}")
    return facts[key] if key else facts


@tool("storage-add <charm storage name>[=count] ...", "Add storage instances.")
def storage_add(context: Context, call: Call) -> None:
    """Ask for more instances; each shows up later with its own storage-attached."""
    if not call.args:
        raise UsageError("storage add requires a storage directive")
    try:
        wishes = directives.by_name(call.args)
    except Refused as error:
        raise UsageError(error.message) from None
    for name, wish in wishes.items():
        if wish.pool or wish.size is not None:
            raise UsageError(f"only count can be specified for {quote(name)}")
    for name, wish in wishes.items():
        count = wish.count or 1
        now = context.services.now()
        context.write(
            functools.partial(
                storage.add, unit=context.unit_name, name=name, count=count, now=now
            ),
            # Juju asks the charm's declaration only when the hook has ended.
            preview=lambda model: model,
        )


def _attached(context: Context) -> list[Storage]:
    """What was there when the hook began; a request of this hook is not attached yet.

    What has been let go is not there any more, although it is the unit's until that is gone.
    """
    unit = context.snapshot.units[context.unit_name]
    here = unit.local.storage | {context.hook.storage}
    found = storage.of_unit(context.snapshot, context.unit_name)
    return [s for s in found if s.id in here or not storage.leaves(s, unit)]
