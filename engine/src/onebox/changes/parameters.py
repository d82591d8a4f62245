# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of actions: their defaults, and Juju's words for what does not fit the schema."""

import json
from typing import Any, cast

import jsonschema

from onebox.errors import Refused
from onebox.model import ActionSpec

# What Juju says of a rule that is broken, by the rule's name; `{}` is what the rule asks for.
_WORDS = {
    "type": "must be of type {}",
    "minimum": "must be greater than {}",
    "maximum": "must be lower than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "string length must be greater or equal to {}",
    "maxLength": "string length must be lower or equal to {}",
    "pattern": "does not match pattern '{}'",
    "enum": "must match one of the enum values {}",
    "minItems": "array must have at least {} items",
    "maxItems": "array must have at the most {} items",
    "uniqueItems": "array items must be unique",
    "minProperties": "must have at least {} properties",
    "maxProperties": "must have at the most {} properties",
    "allOf": "must validate all the schemas (allOf)",
    "anyOf": "must validate at least one schema (anyOf)",
    "oneOf": "must validate one and only one schema (oneOf)",
    "not": "must not validate the schema (not)",
}
# Of these Juju shows a number as text.
_NUMERIC = frozenset(("minimum", "maximum", "multipleOf"))


def validated(spec: ActionSpec, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters with the defaults of those that were not given.

    Juju looks at what was given before it fills in defaults: a parameter that is both required
    and defaulted is missed all the same.
    """
    validator = jsonschema.Draft4Validator(spec.schema_)
    errors: list[Any] = sorted(validator.iter_errors(given), key=lambda e: list(map(str, e.path)))  # pyright: ignore
    if errors:
        raise Refused(
            f'cannot run "{spec.name}" action: validation failed: '
            + "; ".join(_explain(error) for error in errors)
        )
    return _filled(spec.schema_, given)


def _filled(schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    found = dict(given)
    for name, part in schema.get("properties", {}).items():
        if name not in found and "default" in part:
            found[name] = part["default"]
        elif isinstance(found.get(name), dict) and "properties" in part:
            found[name] = _filled(part, found[name])
    return found


def _explain(error: Any) -> str:
    place = "(root)" + "".join(f".{part}" for part in error.path)
    given = _json(error.instance)
    return f"{place} : {_what(error)}, given " + (
        f'"{given}"' if error.validator in _NUMERIC else given
    )


def _what(error: Any) -> str:
    wanted, given = error.validator_value, error.instance
    if error.validator == "additionalProperties":
        unknown = next(name for name in given if name not in error.schema.get("properties", {}))
        return f'additional property "{unknown}" is not allowed'
    if error.validator == "required":
        missing = next(name for name in wanted if name not in given)
        return f'"{missing}" property is missing and required'
    if isinstance(wanted, list) and error.validator == "type":
        wanted = f"[{','.join(map(str, cast(list[Any], wanted)))}]"
    if error.validator not in _WORDS:
        return str(error.message)
    return _WORDS[error.validator].format(wanted if isinstance(wanted, str) else _json(wanted))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
