# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `juju actions` and `juju show-action` print."""

from onebox.render.document import Json, ordered, to_yaml
from onebox.render.table import table

_UNDESCRIBED = "No description"


def descriptions(actions: Json) -> dict[str, str]:
    """What each action does, by name."""
    return {name: actions[name]["description"] or _UNDESCRIBED for name in sorted(actions)}


def schemas(actions: Json) -> Json:
    """The JSON Schema of each action's parameters, keys sorted."""
    return {name: ordered(actions[name]["schema_"]) for name in sorted(actions)}


def actions_table(actions: Json, colour: bool = False) -> str:
    """The table of `juju actions`, each line of a description below the one before."""
    rows: list[tuple[str, str]] = []
    for name, text in descriptions(actions).items():
        first, *more = text.strip().split("\n")
        rows += [(name, first), *(("", line) for line in more)]
    return table(["Action", "Description"], rows, colour=colour)


def show_action(action: Json) -> str:
    """The description and the arguments."""
    text = (action["description"] or _UNDESCRIBED) + "\n"
    properties: Json = action["schema_"].get("properties", {})
    arguments = {name: _argument(properties[name]) for name in sorted(properties)}
    return f"{text}\nArguments\n{to_yaml(arguments)}\n"


def _argument(schema: Json) -> Json:
    out: Json = {"type": schema.get("type"), "description": schema.get("description")}
    return {**out, "default": schema["default"]} if "default" in schema else out
