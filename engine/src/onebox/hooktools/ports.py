# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""open-port, close-port, opened-ports."""

from collections.abc import Callable

from onebox.changes import ports
from onebox.errors import Refused
from onebox.flags import UsageError, comma_separated, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import OLD_FORMAT, SMART_FORMAT, Call, tool
from onebox.model import Model

ENDPOINTS = comma_separated(
    "endpoints",
    help="A comma-delimited list of application endpoints to target with this operation",
)
SHOW_ENDPOINTS = switch(
    "endpoints", help="Display the list of target application endpoints for each port range"
)
USAGE = "<port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp"


@tool(
    f"open-port {USAGE}", "Register a request to open a port or port range.", ENDPOINTS, OLD_FORMAT
)
def open_port(context: Context, call: Call) -> None:
    """Open a range when the hook ends well; a conflict is told at once."""
    _each_endpoint(context, call, ports.open_range)


@tool(
    f"close-port {USAGE}",
    "Register a request to close a port or port range.",
    ENDPOINTS,
    OLD_FORMAT,
)
def close_port(context: Context, call: Call) -> None:
    """Close a range when the hook ends well."""
    _each_endpoint(context, call, ports.close_range)


def _each_endpoint(
    context: Context, call: Call, change: Callable[[Model, str, str, ports.PortRange], Model]
) -> None:
    if not call.args:
        raise UsageError("no port or range specified")
    try:
        wanted = ports.parse(call.arg(0))
    except ValueError as error:
        raise UsageError(str(error)) from None
    call.at_most(1)
    for endpoint in call[ENDPOINTS] or (ports.ALL,):
        if endpoint not in (ports.ALL, *context.charm.endpoints):
            raise Refused(f"application endpoint {quote(endpoint)} not found")
        context.write(lambda m, endpoint=endpoint: change(m, context.unit_name, endpoint, wanted))


@tool(
    "opened-ports",
    "List all ports or port ranges opened by the unit.",
    SHOW_ENDPOINTS,
    form=SMART_FORMAT,
)
def opened_ports(context: Context, call: Call) -> list[str]:
    """Open ranges, sorted, with what this hook has asked for."""
    call.at_most(0)
    found = ports.opened(context.unit)
    if not call[SHOW_ENDPOINTS]:
        return [str(r) for r in found]
    return [f"{r} ({'*' if ports.ALL in e else ', '.join(e)})" for r, e in found.items()]
