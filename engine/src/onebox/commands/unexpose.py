# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Records whether the application is meant for the outside; one machine has no firewall to open.

Examples:
    juju unexpose prometheus
"""

from onebox.commands._call import Call
from onebox.flags import option, takes

ENDPOINTS = option("endpoints", help="Only these endpoints; ignored")

FLAGS = (ENDPOINTS,)
TAKES = takes("<application name>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Record it, silently."""
    call.ask("set_exposed", application=call.words[0], exposed=False)
