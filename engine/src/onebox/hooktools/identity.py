# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""is-leader, unit-get, credential-get."""

from typing import Any

from onebox import persona
from onebox.errors import Refused
from onebox.flags import UsageError, quote
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool


@tool("is-leader", "Print application leadership status.", form=SMART_FORMAT)
def is_leader(context: Context, call: Call) -> bool:
    """Whether the unit leads, the same for the whole hook."""
    call.at_most(0)
    return context.leads


@tool("unit-get <setting>", "Print public-address or private-address.", form=SMART_FORMAT)
def unit_get(context: Context, call: Call) -> str:
    """The unit's one address."""
    if not call.args:
        raise UsageError("no setting specified")
    if call.arg(0) not in ("private-address", "public-address"):
        raise UsageError(f"unknown setting {quote(call.arg(0))}")
    call.at_most(1)
    return context.address


@tool("credential-get", "Access cloud credentials.", form=SMART_FORMAT)
def credential_get(context: Context, call: Call) -> dict[str, Any]:
    """The cloud of a trusted application: this machine, for which no credential is needed."""
    call.at_most(0)
    if not context.application.trust:
        raise Refused("cannot access cloud credentials: permission denied")
    return {
        "type": persona.CLOUD_TYPE,
        "name": persona.CLOUD,
        "region": persona.REGION,
        "credential": {"auth-type": "empty", "attributes": {}, "redacted": []},
    }
