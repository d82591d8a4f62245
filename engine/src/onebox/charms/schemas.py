# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `config.yaml` and `actions.yaml` say: options with types, actions with schemas."""

from typing import Any, cast

from onebox.charms.documents import as_dict, mapping
from onebox.declared import number
from onebox.errors import Refused
from onebox.model import ActionSpec, Option
from onebox.names import valid

Json = dict[str, Any]

_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "string": ("string", (str,)),
    "secret": ("secret", (str,)),
    "int": ("int", (int,)),
    "integer": ("int", (int,)),
    "float": ("float", (int, float)),
    "boolean": ("boolean", (bool,)),
}


def options(document: Json) -> dict[str, Option]:
    """The options of `config.yaml` by name."""
    found = mapping(document, "options", "config")
    return {name: _option(name, spec) for name, spec in found.items()}


def _option(name: str, spec: Any) -> Option:
    body = as_dict(spec)
    if body.get("type") not in _TYPES:
        raise Refused(f'invalid config: option "{name}" has unknown type "{body.get("type")}"')
    kind, classes = _TYPES[body["type"]]
    default = body.get("default")
    # In Python a boolean is an integer; in a charm it is not.
    fits = isinstance(default, classes) and (kind == "boolean" or not isinstance(default, bool))
    if default is not None and not fits:
        shown = f'"{default}"' if isinstance(default, str) else default
        raise Refused(f'invalid config default: option "{name}" expected {kind}, got {shown}')
    if kind == "float" and default is not None:
        default = number(float(default))
    text = str(body.get("description") or "")
    return Option(type=cast(Any, kind), default=default, description=text)


def actions(document: Json) -> dict[str, ActionSpec]:
    """The actions of `actions.yaml` by name, each with the JSON Schema of its parameters."""
    found = {str(name): spec for name, spec in document.items()}
    return {name: _action(name, spec) for name, spec in found.items()}


def _action(name: str, spec: Any) -> ActionSpec:
    if not valid("action", name):
        raise Refused(f"bad action name {name}")
    if name == "juju" or name.startswith("juju-"):
        raise Refused(f'cannot use action name "{name}": "juju" and "juju-" are reserved')
    body = as_dict(spec)
    rest = {k: v for k, v in body.items() if k not in ("params", "parallel", "execution-group")}
    description = str(body.get("description") or "")
    schema: Json = {
        "additionalProperties": False,
        "title": name,
        **rest,
        "description": description or "No description",
        "properties": body.get("params") or {},
        "type": "object",
    }
    _check_schema(name, schema)
    parallel = body.get("parallel", False)
    group = body.get("execution-group", "")
    if not isinstance(parallel, bool):
        raise Refused(f'value for "parallel" in action "{name}" must be a boolean')
    if not isinstance(group, str):
        raise Refused(f'value for "execution-group" in action "{name}" must be a string')
    return ActionSpec(
        name=name, description=description, schema_=schema, parallel=parallel, group=group
    )


def _check_schema(name: str, schema: Json) -> None:
    # Validation is needed for charms with actions only, and the import is slow.
    import jsonschema

    if any(key in str(schema) for key in ("'$ref'", "'$schema'")):
        raise Refused(f'schema of action "{name}": $ref and $schema are not supported')
    try:
        jsonschema.Draft4Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise Refused(f'invalid params schema for action "{name}": {error.message}') from error
