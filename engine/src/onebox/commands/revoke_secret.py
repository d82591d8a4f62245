# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju revoke-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju revoke-secret [options] <ID>|<name> <application>[,<application>...]

Takes from applications the right to read one of your secrets.

    juju revoke-secret backup-key kafka,day2
"""

FLAGS = (MODEL,)
TAKES = takes(*["missing secret URI or application name"] * 2, most=2)


def run(client: Client, args: Parsed) -> int:
    """Do so, silently."""
    secret, applications = args.args
    names = applications.split(",")
    client.call("revoke_secret", model=model_of(args), secret=secret, applications=names)
    return 0
