#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the JSON schemas of docs/reference/interfaces from the library's own models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from dataops.interfaces.operations import schema

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference" / "interfaces"


def files() -> dict[Path, str]:
    """Every generated file with its content."""
    folder = PAGES / "dataops_operations" / "v1" / "schemas"
    sides: dict[str, dict[str, Any]] = {
        "provider": schema.provider(),
        "requirer": schema.requirer(),
    }
    return {folder / f"{n}.json": json.dumps(s, indent=2) + "\n" for n, s in sides.items()}


def main() -> int:
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
