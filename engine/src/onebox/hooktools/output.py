# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a tool's answer looks like: smart, JSON or YAML, with the bytes Juju writes."""

from typing import Any, cast

from onebox.render.document import to_json, to_yaml

SMART = ("json", "smart", "yaml")
DOCUMENT = ("json", "yaml")


def render(value: Any, form: str) -> str:
    """`value` in one of the formats; smart prints nothing at all for nothing."""
    if form == "json":
        return to_json(value)
    return _smart(value) if form == "smart" else _yaml(value)


def _smart(value: Any) -> str:
    """Text and lists of text as they are, everything else as YAML."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return f"{value}\n"
    if isinstance(value, str):
        return f"{value}\n"
    if isinstance(value, list) and all(isinstance(v, str) for v in cast("list[Any]", value)):
        return "\n".join(cast("list[str]", value)) + "\n"
    return _yaml(value)


def _yaml(value: Any) -> str:
    # Juju writes nothing for nothing, and PyYAML ends a bare scalar with a mark.
    return "" if value is None else to_yaml(value).removesuffix("...\n")
