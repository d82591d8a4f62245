#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/report.schema.json from the models of day2's reports."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "reference" / "report.schema.json"


def schema() -> str:
    """The JSON schema of a report, as the file holds it."""
    sys.path.insert(0, str(ROOT / "charms" / "day2" / "src"))
    from report.document import Document  # pyright: ignore[reportMissingImports]

    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of day2",
        **Document.model_json_schema(by_alias=True, mode="serialization"),
    }
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema())
