# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes machines without units, to place units on later: each an address and a directory.

Examples:
    juju add-machine
    juju add-machine -n 3
    juju add-machine lxd:0
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import number, option, repeated, takes
from onebox.values import constraints

BASE = option("base", default="ubuntu@24.04", help="The operating system base")
COUNT = number("n", default=1, help="The number of machines to add")
CONSTRAINTS = repeated("constraints", help="Machine constraints")
DISKS = repeated("disks", help="Storage constraints for disks; ignored")
PRIVATE_KEY = option("private-key", help="Path to a private key; ignored")
PUBLIC_KEY = option("public-key", help="Path to a public key; ignored")

FLAGS = (BASE, COUNT, CONSTRAINTS, DISKS, PRIVATE_KEY, PUBLIC_KEY)
TAKES = takes("[<container>[:<machine>]]", most=1)


def run(call: Call) -> None:
    """Make them and say their numbers."""
    placement = call.words[0] if call.words else ""
    if placement.startswith("ssh:"):
        raise Refused("machines of other hosts need Juju itself; onebox has those of this host")
    wanted = {"base": call[BASE], "constraints": " ".join(call[CONSTRAINTS])}
    constraints(wanted["constraints"])
    for _ in range(call[COUNT]):
        try:
            made = call.ask("add_machine", **wanted, placement=placement)
        except Refused:
            tell(f"failed to create {call[COUNT]} machine{'s' if call[COUNT] > 1 else ''}")
            raise
        tell(f"created {'container' if '/' in made else 'machine'} {made}")
