# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a command may ask of the daemon: one function per method."""

from __future__ import annotations

from onebox.api import actions, applications, models, places, relations, secrets, units, watching
from onebox.api.method import Method

METHODS: dict[str, Method] = {
    name: function
    for module in (actions, applications, models, places, relations, secrets, units, watching)
    for name, function in module.method.items()
}

__all__ = ["METHODS", "Method"]
