# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Values against JSON schemas, where a part of the value may not be known yet. Pure.

The validator is imported when it is used: few hooks do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from jsonschema import ValidationError

# Stands for a value that nobody knows before the operation runs.
ANYTHING = "${...}"


def objections(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """Every way in which a value is not as its schema says, but for what may be anything."""
    for error in _errors(value, schema):
        if not _open(error.instance):
            place = ".".join(map(str, error.absolute_path))
            yield f"{place}: {error.message}" if place else error.message


def flaws(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every way in which a schema is none."""
    for error in _errors(schema, None):
        place = ".".join(map(str, error.absolute_path))
        yield f"{place}: {error.message}" if place else error.message


def _errors(value: Any, schema: Mapping[str, Any] | None) -> Iterator[ValidationError]:
    """What is wrong with a value by a schema; by that of all schemas when none is given."""
    import jsonschema

    kind: Any = jsonschema.Draft202012Validator
    return kind(kind.META_SCHEMA if schema is None else schema).iter_errors(value)


def of_params(params: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The schema of an operation's parameters; one without default has to be given."""
    return {
        "type": "object",
        "properties": dict(params),
        "required": [name for name, schema in params.items() if "default" not in schema],
        "additionalProperties": False,
    }


def keys(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of a result."""
    return tuple(schema.get("properties", {}))


def reaches(schema: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether a result may have something at a path; what its schema leaves open, it may."""
    inner: Any = schema
    for key in path:
        inner = _resolved(inner, schema)
        properties: Any = inner.get("properties")
        if properties is None or inner.get("additionalProperties"):
            return inner.get("type", "object") == "object"
        if key not in properties:
            return False
        inner = properties[key]
    return True


def _resolved(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schema refers to within its document."""
    if not isinstance(schema, Mapping):
        return {}
    known = cast("Mapping[str, Any]", schema)
    name = str(known.get("$ref", "")).rpartition("/")[2]
    return root.get("$defs", {}).get(name, {}) if name else known


def _open(value: Any) -> bool:
    """Whether a value holds a part that may be anything."""
    return isinstance(value, str) and ANYTHING in value
