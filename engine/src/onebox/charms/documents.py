# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The YAML documents of a charm archive, as mappings of bounded size."""

from typing import Any, cast

import yaml

from onebox.archive import Archive
from onebox.errors import Refused

Json = dict[str, Any]

# Aliases let a tiny YAML file name billions of values; no real charm has a hundred thousand.
_MOST_VALUES = 100_000


def document(archive: Archive, name: str, *, required: bool = False) -> Json:
    """One document of an archive; empty when it is not there and need not be."""
    text = archive.text(name)
    if text is None:
        if required:
            raise Refused(f'archive file "{name}" not found')
        return {}
    try:
        value: Any = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused(f"{name}: {' '.join(str(error).split())}") from error
    if not isinstance(value, dict | None):
        raise Refused(f"{name}: expected a mapping, got {value!r}")
    _count(name, cast(object, value))
    return as_dict(value)


def _count(name: str, value: object) -> None:
    left, waiting = _MOST_VALUES, [value]
    while waiting:
        item = waiting.pop()
        left -= 1
        if left < 0:
            raise Refused(f"{name}: more than {_MOST_VALUES} values")
        if isinstance(item, dict):
            waiting += cast(dict[Any, Any], item).values()
        elif isinstance(item, list):
            waiting += cast(list[Any], item)


def mapping(value: Json, key: str, where: str = "metadata") -> Json:
    """`value[key]` as a mapping with text keys; absent or null is empty."""
    found: Any = value.get(key) or {}
    if not isinstance(found, dict):
        raise Refused(f"{where}: {key}: expected map, got {found!r}")
    return {str(k): v for k, v in cast(dict[Any, Any], found).items()}


def as_dict(value: Any) -> Json:
    """A mapping as it is; anything else as an empty one."""
    return dict(cast(Json, value)) if isinstance(value, dict) else {}
