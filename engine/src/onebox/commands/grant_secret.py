# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju grant-secret`."""

from __future__ import annotations

from onebox.client import Client
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
    secret, applications = args.args
    names = applications.split(",")
    client.call("grant_secret", model=model_of(args), secret=secret, applications=names)
    return 0
