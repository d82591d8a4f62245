# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Fills the page templates. Pure but for reading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from report.units import count, number, quantity, span

_TEMPLATES = Path(__file__).parent.parent / "templates"


def render(template: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> bytes:
    """The page: everything that is not marked safe is escaped.

    Args:
        template: its name in `templates/`.
        filters: more words for the template, beside `quantity`, `number` and `span`.
        values: what it speaks of.
    """
    # Every hook loads this module, and few of them write a page.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: dict[str, Any] = {"quantity": quantity, "number": number, "span": span, **filters}
    environment.filters.update(words)
    return environment.get_template(template).render(count=count, **values).encode()
