# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lets applications read one of your secrets.

Examples:
    juju grant-secret backup-key kafka,day2
"""

from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import takes

TAKES = takes(
    "<ID>|<name> <application>[,<application>...]",
    *["missing secret URI or application name"] * 2,
    most=2,
)


def run(call: Call) -> None:
    """Do so, silently."""
    change(call, "grant_secret")


def change(call: Call, method: str) -> None:
    """Let applications read a secret, or no longer."""
    secret, applications = call.words
    try:
        call.ask(method, secret=secret, applications=applications.split(","))
    except Refused as error:
        if error.code == "no-such-label":
            raise
        raise Refused(f"failed to grant/revoke secret: {error.message}", error.code) from None
