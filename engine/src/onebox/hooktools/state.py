# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""state-get, state-set, state-delete."""

import functools

from onebox.changes import state
from onebox.errors import Refused
from onebox.flags import UsageError, option, quote, switch
from onebox.hooktools import settings
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool

STRICT = switch("strict", help="Return an error if the requested key does not exist")
FILE = option("file", help="File containing key-value pairs")


@tool("state-get [<key>]", "Print server-side-state value.", STRICT, form=SMART_FORMAT)
def state_get(context: Context, call: Call) -> dict[str, str] | str | None:
    """All of the unit's state, or one value; an empty text where there is none."""
    call.at_most(1)
    held, key = context.unit.state, call.arg(0)
    if key in ("", "-"):
        # No state at all is null in JSON, and an empty map elsewhere.
        return dict(sorted(held.items())) or (None if call[SMART_FORMAT] == "json" else {})
    if call[STRICT] and key not in held:
        raise Refused(f"{quote(key)} not found")
    return held.get(key, "")


@tool("state-set key=value [key=value ...]", "Set server-side-state values.", FILE)
def state_set(context: Context, call: Call) -> None:
    """Keep values for the unit when the hook ends well."""
    values = settings.given(call, call[FILE])
    context.write(functools.partial(state.write, unit=context.unit_name, values=values))


@tool("state-delete <key>", "Delete server-side-state key value pairs.")
def state_delete(context: Context, call: Call) -> None:
    """Forget one value when the hook ends well."""
    if not call.arg(0):
        raise UsageError("key is required")
    call.at_most(1)
    context.write(functools.partial(state.delete, unit=context.unit_name, key=call.arg(0)))
