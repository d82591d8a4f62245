# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Takes from applications the right to read one of your secrets.

Examples:
    juju revoke-secret backup-key kafka,day2
"""

from onebox.commands import grant_secret
from onebox.commands._call import Call

TAKES = grant_secret.TAKES


def run(call: Call) -> None:
    """Do so, silently."""
    grant_secret.change(call, "revoke_secret")
