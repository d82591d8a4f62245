# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju add-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._secret_values import content
from onebox.console import show
from onebox.flags import Parsed, UsageError, option
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju add-secret [options] <name> [key[#base64|#file]=value...]

Adds a secret of your own, to be granted to applications, and prints its URI.

    juju add-secret backup-key --file ./key.yaml
    juju add-secret backup-key access-key#file=./access secret-key#file=./secret
"""

FILE = option("file", help="A YAML file containing secret key values")
INFO = option("info", help="The secret description")

FLAGS = (FILE, INFO, MODEL)


def run(client: Client, args: Parsed) -> int:
    """Add it and print its URI."""
    if not args.args or "=" in args.args[0]:
        raise UsageError("secret name needs to be supplied as the first argument")
    name, *words = args.args
    if not words and not args[FILE]:
        raise UsageError("missing secret value or filename")
    values = content(words, args[FILE])
    uri = client.call(
        "add_secret", model=model_of(args), name=name, content=values, description=args[INFO]
    )
    show(f"{uri}\n")
    return 0
