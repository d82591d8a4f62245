# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, number, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.secrets import details

HELP = """
Usage: juju show-secret [options] <ID>|<name>

Shows a secret, with --reveal also what it holds.

    juju show-secret backup-key
    juju show-secret backup-key --reveal --revision 1
    juju show-secret backup-key --revisions
"""

FORMAT = output_format(("yaml", "json"), "yaml")
REVEAL = switch("reveal", help="Reveal secret values")
REVISIONS = switch("revisions", help="Show the secret revisions metadata")
REVISION = number("r", "revision", help="Show only the specified revision")

FLAGS = (FORMAT, REVEAL, REVISIONS, REVISION, MODEL, OUTPUT)
TAKES = takes("secret ID is required", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    _check(args)
    model = model_of(args)
    secret = client.call("show_secret", model=model, secret=args.args[0], reveal=args[REVEAL])
    if args[REVISION] and str(args[REVISION]) not in secret["revisions"]:
        text = f'secret revision {args[REVISION]} of "{args.args[0]}" not found'
        raise Refused(text, "not-found")
    shown = details(
        client.call("snapshot", model=model),
        secret,
        reveal=args[REVEAL],
        revisions=args[REVISIONS],
        revision=args[REVISION],
        form=args[FORMAT],
    )
    show(formatted({secret["id"]: shown}, args[FORMAT]))
    return 0


def _check(args: Parsed) -> None:
    if args[REVISIONS] and args[REVEAL]:
        raise UsageError("specify either --revisions or --reveal but not both")
    if args[REVISIONS] and args.given(REVISION):
        raise UsageError("specify either --revisions or --revision but not both")
    if args.given(REVISION) and args[REVISION] < 1:
        raise UsageError("revision must be a positive integer")
