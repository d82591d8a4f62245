# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives one of your secrets a new revision, name or description.

Examples:
    juju update-secret backup-key --file ./key.yaml
    juju update-secret backup-key --auto-prune
"""

from onebox.commands._call import Call
from onebox.commands._secret_values import content
from onebox.errors import Refused
from onebox.flags import option, switch, takes

FILE = option("file", help="A YAML file containing secret key values")
INFO = option("info", help="The secret description")
NEW_NAME = option("name", help="The new secret name")
PRUNE = switch("auto-prune", help="Remove old revisions that nobody tracks")

FLAGS = (FILE, INFO, NEW_NAME, PRUNE)
TAKES = takes("<ID>|<name> [key[#base64|#file]=value...]", "missing secret URI")


def run(call: Call) -> None:
    """Update it, silently."""
    secret, *words = call.words
    values = content(words, call[FILE])
    if not values and not any(map(call.given, (INFO, NEW_NAME, PRUNE))):
        raise Refused("at least one attribute to update must be specified")
    call.ask(
        "update_secret",
        secret=secret,
        content=values or None,
        name=call[NEW_NAME] or None,
        description=call[INFO] if call.given(INFO) else None,
        auto_prune=call[PRUNE] if call.given(PRUNE) else None,
    )
