# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What may name an application, a unit, a machine or an action."""

import re

_APPLICATION = r"[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*"
_PATTERNS = {
    "application": re.compile(_APPLICATION),
    "unit": re.compile(rf"{_APPLICATION}/\d+"),
    "leader": re.compile(rf"{_APPLICATION}/leader"),
    "machine": re.compile(r"\d+(?:/[a-z]+/\d+)*"),
    "action": re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"),
}


def valid(kind: str, text: str) -> bool:
    """Whether `text` can name an `application`, a `unit`, a `leader`, a `machine`, an `action`."""
    return _PATTERNS[kind].fullmatch(text) is not None


def tag(name: str) -> str:
    """`unit-app-0` for `app/0`, else `application-app`."""
    return f"{'unit' if '/' in name else 'application'}-{name.replace('/', '-')}"
