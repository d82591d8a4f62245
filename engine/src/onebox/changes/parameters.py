# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of actions: their defaults, and Juju's words for what does not fit the schema."""

import json
from typing import Any

import jsonschema

from onebox.errors import Refused
from onebox.model import ActionSpec


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
    text = _WORDS.get(error.validator, _other)(error)
    return f"{place} : {text}, given {_shown(error.instance)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    return f'"{value}"' if isinstance(value, str) else f'"{json.dumps(value)}"'


def _additional(error: Any) -> str:
    known = error.schema.get("properties", {})
    unknown = next(name for name in error.instance if name not in known)
    return f'additional property "{unknown}" is not allowed'


def _required(error: Any) -> str:
    missing = next(name for name in error.validator_value if name not in error.instance)
    return f'"{missing}" property is missing and required'


def _type(error: Any) -> str:
    wanted = error.validator_value
    return f"must be of type {wanted if isinstance(wanted, str) else ', '.join(wanted)}"


def _enum(error: Any) -> str:
    values = json.dumps(error.validator_value, separators=(",", ":"))
    return f"must match one of the enum values {values}"


def _other(error: Any) -> str:
    return str(error.message)


def _minimum(error: Any) -> str:
    return f"must be greater than {error.validator_value}"


def _maximum(error: Any) -> str:
    return f"must be less than {error.validator_value}"


_WORDS = {
    "additionalProperties": _additional,
    "required": _required,
    "type": _type,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
}
