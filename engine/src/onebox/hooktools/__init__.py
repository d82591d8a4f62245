# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The hook tools: what a charm asks of the engine while one of its hooks runs.

One file per family declares its tools, `context` holds what a hook sees and will have changed,
`serve` answers one call, `server` listens for the clients that charms start.
"""

from onebox.hooktools import (
    actions,
    config,
    goal_state,
    identity,
    log,
    network,
    ports,
    reboot,
    relation,
    resources,
    secret_granting,
    secret_listing,
    secret_reading,
    secrets,
    state,
    status,
    storage,
)
from onebox.hooktools.context import Context, Outcome, Services
from onebox.hooktools.serve import serve
from onebox.hooktools.tool import TOOLS, Answer, NeedsStdin

__all__ = [
    "TOOLS",
    "Answer",
    "Context",
    "NeedsStdin",
    "Outcome",
    "Services",
    "actions",
    "config",
    "goal_state",
    "identity",
    "log",
    "network",
    "ports",
    "reboot",
    "relation",
    "resources",
    "secret_granting",
    "secret_listing",
    "secret_reading",
    "secrets",
    "serve",
    "state",
    "status",
    "storage",
]
