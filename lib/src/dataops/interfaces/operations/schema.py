# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas of the databags, for whoever writes one without this library.

They say what has to be written. Readers are more tolerant: see the package's own description.
Values of databags are texts; the schemas describe them decoded, `role` as it is.
"""

from __future__ import annotations

from typing import Any

import pydantic

from dataops.interfaces.operations._models import CatalogueEntry, Outcome, Task

_NEEDED = {
    "CatalogueEntry": ["name", "scope"],
    "Outcome": ["task", "status"],
    "Task": ["operation", "step", "verb"],
}
# How a reader spells what it does not know; nobody writes it.
_UNWRITTEN = "unknown"


def provider() -> dict[str, Any]:
    """What the application that offers verbs writes: `app` by its leader, `unit` by every unit."""
    catalogue = {"type": "array", "items": _ref("CatalogueEntry")}
    role = {"type": "string", "description": "What the application is in the solution."}
    revision = {"type": "string", "description": "Which revision of the charm wrote it."}
    application = {
        "catalogue": catalogue,
        "catalogue-of": revision,
        "role": role,
        "outcome": _ref("Outcome"),
    }
    return _schema(
        "Provider of dataops_operations v1",
        {
            "app": _object(application, ["catalogue"]),
            "unit": _object({"outcome": _ref("Outcome")}),
        },
        CatalogueEntry,
        Outcome,
    )


def requirer() -> dict[str, Any]:
    """What the application that asks writes: `app` by its leader, nothing by its units."""
    bags = {"app": _object({"task": _ref("Task")}), "unit": _object({})}
    return _schema("Requirer of dataops_operations v1", bags, Task)


def _schema(title: str, bags: dict[str, Any], *models: type[pydantic.BaseModel]) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    for model in models:
        found = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(found.pop("$defs", {}))
        found["required"] = _NEEDED[model.__name__]
        definitions[model.__name__] = found
    for definition in definitions.values():
        # What a docstring says of attributes is for readers of Python.
        definition["description"] = definition.get("description", "").partition("\n")[0]
        if "enum" in definition:
            definition["enum"] = [word for word in definition["enum"] if word != _UNWRITTEN]
        for value in definition.get("properties", {}).values():
            if value.get("default") == _UNWRITTEN:
                del value["default"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": bags,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return found | ({"required": required} if required else {})


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
