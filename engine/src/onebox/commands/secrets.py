# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists secrets without their content.

Examples:
    juju secrets
    juju secrets --owner application-kafka --format json
"""

import re
from datetime import datetime, timezone

from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED
from onebox.errors import Refused
from onebox.flags import option, switch, takes
from onebox.render.secrets import listing, secrets_table

ALIASES = ("list-secrets",)
REVISIONS = switch("revisions", help="Show the secret revisions metadata")
OWNER = option("owner", help="Include secrets for the specified owner")
_OWNER = re.compile(r"(application|unit)-(.+)")

FLAGS = (TABULAR, OWNER, REVISIONS, *COLOURED)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    model = call.snapshot()
    owner = _owner(call[OWNER]) if call[OWNER] else ""
    found = [
        s
        for s in model["secrets"].values()
        # What another model has granted us is listed there.
        if owner in ("", s["owner"]) and s["owner"] not in model["remotes"]
    ]
    call.show(
        listing(found, call[REVISIONS]),
        lambda: secrets_table(found, datetime.now(timezone.utc), call.colour) if found else "",
    )


def _owner(tag: str) -> str:
    """The owner that a tag names: `unit-app-0` is `app/0`."""
    found = _OWNER.fullmatch(tag)
    if not found:
        raise Refused(f'invalid owner "{tag}": "{tag}" is not a valid tag')
    kind, name = found.groups()
    return "/".join(name.rsplit("-", 1)) if kind == "unit" else name
