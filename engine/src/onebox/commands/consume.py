# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes an offer of another model known in this one, to be integrated with like an application.

Examples:
    juju consume dataops.kafka
    juju consume admin/dataops.kafka events
"""

from onebox.commands import _offers
from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.names import valid

TAKES = takes("[<user>/]<model>.<offer> [<alias>]", "no remote offer specified", most=2)


def run(call: Call) -> None:
    """Consume it and say as what."""
    for alias in call.words[1:]:
        if not valid("application", alias):
            raise UsageError(f'invalid application name "{alias}"')
    url = _offers.named(call.words[0])
    if url.endpoint:
        raise Refused(f'saas offer "{call.words[0]}" shouldn\'t include endpoint')
    alias = _offers.consume(call, url, "".join(call.words[1:]))
    tell(f"Added {url} as {alias}")
