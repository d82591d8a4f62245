# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""config-get."""

from onebox.changes.config import effective
from onebox.flags import UsageError, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool
from onebox.model import Scalar

ALL = switch("a", "all", help="Print all keys")


@tool("config-get [<key>]", "Print application configuration.", ALL, form=SMART_FORMAT)
def config_get(context: Context, call: Call) -> dict[str, Scalar | None] | Scalar | None:
    """Every option that has a value, or one; nothing for an option without."""
    key = call.arg(0)
    if key and call[ALL]:
        raise UsageError(f"cannot use argument --all together with key {quote(key)}")
    call.at_most(1)
    values: dict[str, Scalar | None] = dict(effective(context.charm, context.application))
    if key:
        return values.get(key)
    if call[ALL]:
        values = {**dict.fromkeys(context.charm.options), **values}
    return dict(sorted(values.items()))
