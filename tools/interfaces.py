#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the JSON schemas of docs/reference/interfaces from the library's own models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dataops.interfaces.operations import schema
from dataops.interfaces.spark_master import ProviderData, RequirerData, RpcSecret

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference" / "interfaces"


def files() -> dict[Path, str]:
    """Every generated file with its content."""
    shapes: dict[str, dict[str, dict[str, Any]]] = {
        "dataops_operations/v1": {
            "provider": schema.provider(),
            "requirer": schema.requirer(),
        },
        "spark_master/v0": {
            "provider": _closed(ProviderData),
            "requirer": _closed(RequirerData),
            "secret": _closed(RpcSecret),
        },
    }
    return {
        PAGES / interface / "schemas" / f"{name}.json": json.dumps(shape, indent=2) + "\n"
        for interface, sides in shapes.items()
        for name, shape in sides.items()
    }


def _closed(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a flat databag, whose every key is one of these."""
    found = model.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "additionalProperties": False,
    }


def main() -> int:
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
