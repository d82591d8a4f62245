# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""resource-get."""

from onebox import persona
from onebox.errors import Refused
from onebox.flags import UsageError, quote
from onebox.hooktools.context import Context
from onebox.hooktools.tool import Call, tool
from onebox.names import tag


@tool("resource-get <resource name>", "Get the path to the locally cached resource file.")
def resource_get(context: Context, call: Call) -> str:
    """The path of the file, without a newline."""
    name = call.arg(0)
    if not name:
        raise UsageError("missing required resource name")
    call.at_most(1)
    try:
        if name not in context.charm.resources:
            raise Refused(f"resource {quote(name)} not found")
        return str(context.services.resource_path(name))
    except Refused as error:
        model, path = context.view, f"units/{tag(context.unit_name)}/resources/{name}"
        url = persona.resource_url(model.network, model.uuid, path)
        raise Refused(
            f"could not download resource: HTTP request failed: Get {url}: {error.message}"
        ) from None
