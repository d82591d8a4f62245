# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds a secret of your own, to be granted to applications, and prints its URI.

Examples:
    juju add-secret backup-key --file ./key.yaml
    juju add-secret backup-key access-key#file=./access secret-key#file=./secret
"""

from onebox.commands._call import Call
from onebox.commands._secret_values import content
from onebox.console import show
from onebox.flags import UsageError, option, takes

FILE = option("file", help="A YAML file containing secret key values")
INFO = option("info", help="The secret description")

FLAGS = (FILE, INFO)
TAKES = takes("<name> [key[#base64|#file]=value...]")


def run(call: Call) -> None:
    """Add it and print its URI."""
    if not call.words or "=" in call.words[0]:
        raise UsageError("secret name needs to be supplied as the first argument")
    name, *words = call.words
    if not words and not call[FILE]:
        raise UsageError("missing secret value or filename")
    values = content(words, call[FILE])
    uri = call.ask("add_secret", name=name, content=values, description=call[INFO])
    show(f"{uri}\n")
