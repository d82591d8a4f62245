# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju grant-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, no_more
from onebox.focus import MODEL, model_of

NAME = "grant-secret"
ALIASES = ()
HELP = """
Usage: juju grant-secret [options] <ID>|<name> <application>[,<application>...]

Lets applications read one of your secrets.

    juju grant-secret backup-key kafka,day2
"""


def flags() -> Flags:
    """What may be given."""
    return [MODEL]


def run(client: Client, args: Parsed) -> int:
    """Do so, silently."""
    if len(args.args) < 2:
        raise UsageError("missing secret URI or application name")
    secret, applications, *rest = args.args
    no_more(rest)
    names = applications.split(",")
    client.call("grant_secret", model=model_of(args), secret=secret, applications=names)
    return 0
