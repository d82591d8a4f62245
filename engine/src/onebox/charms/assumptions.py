# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a charm assumes of the Juju that deploys it: `juju >= 3.6`, `any-of`, `all-of`."""

import re
from typing import Any, cast

from onebox import persona
from onebox.errors import Refused

_FEATURE = re.compile(r"([a-z][a-z0-9-]*)(?:\s*(>=|<)\s*(\d+(?:\.\d+){0,2})\S*)?")
_HEADS = {
    "all-of": "charm requires all of the following:",
    "any-of": "charm requires at least one of the following:",
}


def unmet(assumes: Any) -> str:
    """Why this engine cannot satisfy a charm's `assumes`, in Juju's words; empty when it can.

    Raises:
        Refused: it is no such expression.
    """
    reasons = _reasons(assumes or [])
    return "\n".join(["Charm cannot be deployed because:", *_listed(reasons)]) if reasons else ""


def _reasons(expressions: Any) -> list[str]:
    if not isinstance(expressions, list):
        raise Refused(f"metadata: assumes: expected a list, got {expressions!r}")
    return [why for item in cast(list[Any], expressions) if (why := _reason(item))]


def _reason(expression: Any) -> str:
    """What is wrong with one expression, with what is wrong inside it; empty for nothing."""
    if isinstance(expression, str):
        return _missing(expression)
    body = cast(dict[str, Any], expression) if isinstance(expression, dict) else {}
    kind = next(iter(body), "")
    if len(body) != 1 or kind not in _HEADS:
        raise Refused(f"metadata: assumes: expected any-of or all-of, got {expression!r}")
    reasons = _reasons(body[kind])
    satisfied = len(reasons) < len(body[kind]) if kind == "any-of" else not reasons
    return "" if satisfied else "\n".join([_HEADS[kind], *_listed(reasons)])


def _missing(expression: str) -> str:
    found = _FEATURE.fullmatch(expression.strip())
    if not found:
        raise Refused(f'metadata: assumes: malformed feature expression "{expression}"')
    feature, comparison, version = found.groups()
    if feature != "juju":
        return f'charm requires feature "{feature}" but model does not support it'
    wanted = _numbers(version or "0")
    newer = _numbers(persona.VERSION) >= wanted
    if comparison is None or newer == (comparison == ">="):
        return ""
    asked = ".".join(map(str, wanted))
    return f"charm requires Juju version {comparison} {asked}, model has version {persona.VERSION}"


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = [*map(int, version.split(".")), 0, 0][:3]
    return major, minor, patch


def _listed(reasons: list[str]) -> list[str]:
    return [f"  {line}" for why in reasons for line in f"- {why}".split("\n")]
