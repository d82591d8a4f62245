# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a bundle says of who may reach an application, in Juju's words."""

from collections.abc import Mapping
from typing import Any

_EVERYWHERE = "CIDRs 0.0.0.0/0 and ::/0"


def lines(name: str, endpoints: Mapping[str, Any]) -> list[str]:
    """A line for each group of endpoints that are exposed alike."""
    if not endpoints:
        return [f"expose all endpoints of {name} and allow access from {_EVERYWHERE}"]
    groups: dict[str, list[str]] = {}
    for endpoint, spec in sorted(endpoints.items()):
        # All endpoints are a group of their own, whoever else is exposed like them.
        groups.setdefault("" if not endpoint else _sources(spec), []).append(endpoint)
    found: list[str] = []
    for sources, names in sorted(groups.items(), key=lambda group: group[1]):
        if sources:
            many = "s" if len(names) > 1 else ""
            words = f"override expose settings for endpoint{many} {','.join(names)}"
        else:
            words, sources = "expose all endpoints", _sources(endpoints[""])
        found.append(f"{words} of {name} and allow access from {sources}")
    return found


def settings(endpoints: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The same as the engine takes it: spaces and CIDRs by endpoint."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, spec in endpoints.items():
        given: Mapping[str, Any] = spec or {}
        found[name] = {
            key: [*(given.get(f"expose-to-{key}") or ())] for key in ("spaces", "cidrs")
        }
    return found


def _sources(spec: Any) -> str:
    given: Mapping[str, Any] = spec or {}
    parts: list[str] = []
    for key, word in (("expose-to-spaces", "space"), ("expose-to-cidrs", "CIDR")):
        values = sorted(given.get(key) or [])
        if values:
            parts.append(f"{word}{'s' if len(values) > 1 else ''} {','.join(values)}")
    return " and ".join(parts) or _EVERYWHERE
