# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A charm's own key-value state, which Juju keeps for it."""

from collections.abc import Mapping

from onebox.changes import edit
from onebox.errors import Refused
from onebox.model import Model

# Juju's `max-charm-state-size`, in bytes.
QUOTA = 2 * 1024 * 1024


def write(model: Model, unit: str, values: Mapping[str, str]) -> Model:
    """The model with more state of a unit; Refused when it grows beyond the quota."""
    owner = model.units[unit]
    state = {**owner.state, **values}
    size = sum(len(k.encode()) + len(v.encode()) for k, v in state.items())
    if size > QUOTA:
        raise Refused(
            f"max allowed size ({QUOTA}) exceeded: the charm's state would be {size} bytes",
            "quota-limit-exceeded",
        )
    return edit.put_unit(model, owner, state=state)


def delete(model: Model, unit: str, key: str) -> Model:
    """The model without one key of a unit's state."""
    owner = model.units[unit]
    return edit.put_unit(model, owner, state={k: v for k, v in owner.state.items() if k != key})
