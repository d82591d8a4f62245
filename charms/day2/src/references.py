# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`${params.x}` and `${steps.NAME.key}` in a step's parameters: found, and filled in. Pure."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

_REFERENCE = re.compile(r"\$\{([^}]*)\}")


class UnresolvableError(ValueError):
    """A reference leads nowhere; the message says why."""


@dataclasses.dataclass(frozen=True)
class Reference:
    """What a text refers to.

    Attributes:
        text: as it is written, `${params.window}`.
        kind: `params` or `steps`; empty when it is neither.
        name: of the parameter or the step.
        key: the path within the step's result.
    """

    text: str
    kind: str = ""
    name: str = ""
    key: tuple[str, ...] = ()


def references(value: Any) -> Iterator[Reference]:
    """Every reference within a JSON value."""
    if isinstance(value, str):
        yield from (_parsed(match) for match in _REFERENCE.finditer(value))
    elif isinstance(value, dict):
        for item in cast("dict[str, Any]", value).values():
            yield from references(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from references(item)


def filled(value: Any, lookup: Callable[[Reference], Any]) -> Any:
    """The value with every reference replaced by what `lookup` gives for it.

    A text that is nothing but a reference becomes the value itself, a number stays a number. A
    parameter of a mapping that becomes None is left out, so that the verb's own default holds.

    Raises:
        UnresolvableError: as `lookup` raises it.
    """
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return lookup(_parsed(whole))
        return _REFERENCE.sub(lambda match: _text(lookup(_parsed(match))), value)
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        pairs = ((key, item, filled(item, lookup)) for key, item in items)
        return {key: new for key, old, new in pairs if new is not None or old is None}
    if isinstance(value, list):
        return [filled(item, lookup) for item in cast("list[Any]", value)]
    return value


def within(value: Any, key: tuple[str, ...], reference: Reference) -> Any:
    """What lies at a path of a result.

    Raises:
        UnresolvableError: nothing does.
    """
    for part in key:
        held = cast("Mapping[str, Any]", value if isinstance(value, Mapping) else {})
        if part not in held:
            raise UnresolvableError(f'{reference.text}: the result has no "{".".join(key)}"')
        value = held[part]
    return value


def _parsed(match: re.Match[str]) -> Reference:
    """The reference that a match spells."""
    kind, *rest = match[1].strip().split(".")
    if kind == "params" and len(rest) == 1 and rest[0]:
        return Reference(match[0], kind, rest[0])
    if kind == "steps" and len(rest) >= 2 and all(rest):
        return Reference(match[0], kind, rest[0], tuple(rest[1:]))
    return Reference(match[0])


def _text(value: Any) -> str:
    """A value within a longer text."""
    return value if isinstance(value, str) else json.dumps(value)
