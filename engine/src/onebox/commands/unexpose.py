# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Takes back what `juju expose` has recorded.

Examples:
    juju unexpose prometheus
    juju unexpose prometheus --endpoints query
"""

from onebox.commands._call import Call
from onebox.flags import comma_separated, takes

ENDPOINTS = comma_separated("endpoints", help="Unexpose only what these endpoints have opened")

FLAGS = (ENDPOINTS,)
TAKES = takes("<application name>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Record it, silently."""
    call.ask("unexpose", application=call.words[0], endpoints=[*call[ENDPOINTS]])
