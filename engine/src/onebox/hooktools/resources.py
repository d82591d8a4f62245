# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""resource-get."""

from __future__ import annotations

from onebox.errors import Refused
from onebox.flags import UsageError, quote
from onebox.hooktools.context import Context
from onebox.hooktools.tool import Call, tool


@tool(
    "resource-get",
    usage="<resource name>",
    purpose="Get the path to the locally cached resource file.",
)
def resource_get(context: Context, call: Call) -> str:
    """The path of the file, without a newline."""
    name = call.arg(0)
    if not name:
        raise UsageError("missing required resource name")
    call.at_most(1)
    if name not in context.charm.resources:
        raise Refused(f"could not download resource: resource {quote(name)} not found")
    try:
        return str(context.services.resource_path(name))
    except Refused as error:
        raise Refused(f"could not download resource: {error.message}") from None
