# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju secrets`."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from onebox.client import Client
from onebox.console import COLOURED, colour, show
from onebox.errors import Refused
from onebox.flags import Parsed, option, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.secrets import listing, secrets_table

ALIASES = ("list-secrets",)
HELP = """
Usage: juju secrets [options]

Lists secrets without their content.

    juju secrets
    juju secrets --owner application-kafka --format json
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
OWNER = option("owner", help="Include secrets for the specified owner")
_OWNER = re.compile(r"(application|unit|model)-(.+)")

FLAGS = (FORMAT, OWNER, MODEL, *COLOURED)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    model = client.call("snapshot", model=model_of(args))
    owner = _owner(args[OWNER]) if args[OWNER] else ""
    found = [
        s
        for s in model["secrets"].values()
        # What another model has granted us is listed there.
        if owner in ("", s["owner"]) and s["owner"] not in model["remotes"]
    ]
    if args[FORMAT] == "tabular":
        show(secrets_table(found, datetime.now(timezone.utc), colour(args)) if found else "")
    else:
        show(formatted(listing(found), args[FORMAT]))
    return 0


def _owner(tag: str) -> str:
    """The owner that a tag names: `unit-app-0` is `app/0`."""
    found = _OWNER.fullmatch(tag)
    if not found:
        raise Refused(f'invalid owner "{tag}"')
    kind, name = found.groups()
    if kind == "model":
        return "<model>"
    return "/".join(name.rsplit("-", 1)) if kind == "unit" else name
