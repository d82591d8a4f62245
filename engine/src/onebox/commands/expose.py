# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Records who may reach an application; one machine has no firewall to open.

Examples:
    juju expose prometheus
    juju expose prometheus --endpoints query --to-cidrs 10.0.0.0/8
"""

from onebox import persona
from onebox.commands._call import Call
from onebox.flags import comma_separated, takes

ENDPOINTS = comma_separated("endpoints", help="Expose only what these endpoints have opened")
SPACES = comma_separated("to-spaces", help="The spaces that may reach it")
CIDRS = comma_separated("to-cidrs", help="The networks that may reach it, as CIDRs")

FLAGS = (ENDPOINTS, SPACES, CIDRS)
TAKES = takes("<application name>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Record it, silently."""
    endpoints, spaces, cidrs = call[ENDPOINTS], [*call[SPACES]], [*call[CIDRS]]
    limited = endpoints or spaces or not {*cidrs} <= {*persona.EVERYWHERE}
    to = {"spaces": spaces, "cidrs": cidrs}
    settings = dict.fromkeys(endpoints or ("",), to) if limited else {}
    call.ask("expose", application=call.words[0], endpoints=settings)
