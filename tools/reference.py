#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/charms.md from the charmcraft.yaml of every charm."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "charms.md"
HEAD = """\
# Charms

What each charm offers: endpoints, options, actions, storage, resources. Written by
`tools/reference.py` from the `charmcraft.yaml` of each charm; a test holds this page against them.
"""


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table; nothing without rows."""
    if not rows:
        return
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def line(text: Any) -> str:
    """The first paragraph of a description, as one line."""
    return " ".join(str(text or "").strip().split("\n\n")[0].split())


def endpoints(charm: dict[str, Any]) -> list[tuple[str, ...]]:
    """Every endpoint: name, role, interface, what it is for."""
    roles = (("provides", "provides"), ("requires", "requires"), ("peers", "peer"))
    return [
        (f"`{name}`", role, f"`{end['interface']}`", line(end.get("description")))
        for key, role in roles
        for name, end in charm.get(key, {}).items()
    ]


def options(charm: dict[str, Any]) -> list[tuple[str, ...]]:
    """Every configuration option: name, type, default, what it does."""
    found = charm.get("config", {}).get("options", {})
    return [
        (f"`{name}`", o["type"], f"`{o['default']}`" if o.get("default") not in (None, "") else "",
         line(o.get("description")))
        for name, o in found.items()
    ]  # fmt: skip


def actions(charm: dict[str, Any]) -> list[tuple[str, ...]]:
    """Every action: name, parameters, what it does."""
    return [
        (f"`{name}`", ", ".join(f"`{p}`" for p in a.get("params", {})), line(a.get("description")))
        for name, a in charm.get("actions", {}).items()
    ]


def described(charm: dict[str, Any], key: str) -> list[tuple[str, ...]]:
    """Storage or resources: name and what it holds."""
    return [(f"`{n}`", line(v.get("description"))) for n, v in charm.get(key, {}).items()]


def section(charm: dict[str, Any]) -> Iterator[str]:
    """The part of the page about one charm."""
    yield f"## {charm['name']}\n\n{line(charm['description'])}\n"
    yield from table(("endpoint", "role", "interface", ""), endpoints(charm))
    yield from table(("option", "type", "default", ""), options(charm))
    yield from table(("action", "parameters", ""), actions(charm))
    yield from table(("storage", ""), described(charm, "storage"))
    yield from table(("resource", ""), described(charm, "resources"))


def page() -> str:
    """The whole page."""
    files = sorted((ROOT / "charms").glob("*/charmcraft.yaml"))
    charms = [yaml.safe_load(file.read_text()) for file in files]
    lines = [HEAD, *(text for charm in charms for text in section(charm))]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
