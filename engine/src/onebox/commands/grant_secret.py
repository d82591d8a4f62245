# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju grant-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.errors import Refused
from onebox.flags import Parsed, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju grant-secret [options] <ID>|<name> <application>[,<application>...]

Lets applications read one of your secrets.

    juju grant-secret backup-key kafka,day2
"""

FLAGS = (MODEL,)
TAKES = takes(*["missing secret URI or application name"] * 2, most=2)


def run(client: Client, args: Parsed) -> int:
    """Do so, silently."""
    return change(client, args, "grant_secret")


def change(client: Client, args: Parsed, method: str) -> int:
    """Let applications read a secret, or no longer."""
    secret, applications = args.args
    names = applications.split(",")
    try:
        client.call(method, model=model_of(args), secret=secret, applications=names)
    except Refused as error:
        raise Refused(f"failed to grant/revoke secret: {error.message}", error.code) from None
    return 0
