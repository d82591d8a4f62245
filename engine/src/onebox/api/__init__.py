# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a command may ask of the daemon: one function per method."""

from onebox.api import (
    actions,
    applications,
    crossing,
    machines,
    models,
    relations,
    secrets,
    storage,
    units,
    watching,
)
from onebox.api.method import Method

_MODULES = (
    *(actions, applications, crossing, machines, models),
    *(relations, secrets, storage, units, watching),
)

METHODS: dict[str, Method] = {
    name: function for module in _MODULES for name, function in module.method.items()
}

__all__ = ["METHODS", "Method"]
