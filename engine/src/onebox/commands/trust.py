# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Sets the trust of an application: whether it may see the cloud's credentials.

Examples:
    juju trust kafka
    juju trust kafka --remove
"""

from onebox.commands._call import Call
from onebox.flags import option, switch, takes

REMOVE = switch("remove", help="Remove trusted access from a trusted application")
SCOPE = option("scope", help="k8s models only; ignored")

FLAGS = (REMOVE, SCOPE)
TAKES = takes("<application name>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Set it, silently."""
    trust = not call[REMOVE]
    call.ask("set_trust", application=call.words[0], trust=trust)
