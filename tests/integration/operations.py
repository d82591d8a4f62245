# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 operations as a person begins and follows them."""

from __future__ import annotations

from typing import Any

import jubilant

from tests.integration.processes import eventually

DAY2 = "day2/leader"


def begin(model: jubilant.Juju, action: str, **params: Any) -> str:
    """The number of the operation that this action of `day2` began."""
    return model.run(DAY2, action, params).results["operation"]


def shown(model: jubilant.Juju, number: str) -> dict[str, Any]:
    """The operation as `show-operation` tells it."""
    return model.run(DAY2, "show-operation", {"id": int(number)}).results


def ended(model: jubilant.Juju, number: str, patience: float = 120) -> dict[str, Any]:
    """The same once it has ended, well or not, within `patience` seconds."""

    def told() -> dict[str, Any] | None:
        found = shown(model, number)
        return found if "finished" in found else None

    return eventually(told, patience, f"the end of operation {number}")
