# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which users a unit says it works with: what a provider waits for before it removes one."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import ops

# In the requirer's unit bag. Published libraries ignore the key.
ACCEPTED = "accepted-users"


def users_in(bag: Mapping[str, str]) -> frozenset[str] | None:
    """The users that a unit says it works with; None when it says nothing that can be read."""
    try:
        users: Any = json.loads(bag[ACCEPTED])
    except (KeyError, ValueError):
        return None
    listed = cast("list[Any]", users) if isinstance(users, list) else []
    return frozenset(user for user in listed if isinstance(user, str))


def write_users(bag: ops.RelationDataContent, users: Iterable[str]) -> None:
    """Say which users the unit works with; a write that changes nothing wakes nobody."""
    text = json.dumps(sorted(users))
    if bag.get(ACCEPTED) != text:
        bag[ACCEPTED] = text
