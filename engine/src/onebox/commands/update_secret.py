# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju update-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._secret_values import content
from onebox.flags import Parsed, option, switch, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju update-secret [options] <ID>|<name> [key[#base64|#file]=value...]

Gives one of your secrets a new revision, name or description.

    juju update-secret backup-key --file ./key.yaml
    juju update-secret backup-key --auto-prune
"""

FILE = option("file", help="A YAML file containing secret key values")
INFO = option("info", help="The secret description")
NEW_NAME = option("name", help="The new secret name")
PRUNE = switch("auto-prune", help="Remove old revisions that nobody tracks")

FLAGS = (FILE, INFO, NEW_NAME, PRUNE, MODEL)
TAKES = takes("missing secret URI")


def run(client: Client, args: Parsed) -> int:
    """Update it, silently."""
    secret, *words = args.args
    values = content(words, args[FILE])
    client.call(
        "update_secret",
        model=model_of(args),
        secret=secret,
        content=values or None,
        name=args[NEW_NAME] or None,
        description=args[INFO] if args.given(INFO) else None,
        auto_prune=args[PRUNE] if args.given(PRUNE) else None,
    )
    return 0
