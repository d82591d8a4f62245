# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes that both ends of the interface read and write alike."""

import json
from collections.abc import Mapping
from typing import Any, cast

import ops


def entries(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a `requests` field; nothing when it is not a list of them."""
    try:
        loaded: Any = json.loads(text)
    except ValueError:
        return []
    listed = cast("list[Any]", loaded) if isinstance(loaded, list) else []
    return [one for one in listed if isinstance(one, dict) and "request-id" in one]


def replace(bag: ops.RelationDataContent, wanted: Mapping[str, str]) -> None:
    """Make the bag say exactly that; a write that changes nothing wakes nobody."""
    for key in set(bag) - set(wanted):
        del bag[key]
    for key, value in wanted.items():
        if bag.get(key) != value:
            bag[key] = value
