# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Withdraws offers. One that is integrated with goes only with --force, and its relations with it.

Examples:
    juju remove-offer dataops.kafka
    juju remove-offer --force -y admin/dataops.kafka
"""

from onebox import console, focus
from onebox.commands import _offers
from onebox.commands._call import Call
from onebox.flags import switch, takes
from onebox.focus import CONTROLLER

FORCE = switch("force", help="Remove the offer as well as any relations to it")
YES = switch("y", "yes", help="Do not prompt for confirmation")

FLAGS = (FORCE, YES, CONTROLLER)
TAKES = takes("<offer url> [<offer url>...]", "no offers specified")


def run(call: Call) -> None:
    """Withdraw them, silently."""
    urls = [_offers.named(text, focus.current()) for text in call.words]
    if call[FORCE] and not call[YES]:
        console.warn("This command will remove offers: " + ", ".join(map(str, urls)))
        console.tell("This includes all relations to those offers.")
        console.confirm("remove offer")
    for url in urls:
        call.client.call("remove_offer", model=url.model, name=url.name, force=call[FORCE])
