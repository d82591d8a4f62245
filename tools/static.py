#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the types of every part with pyright: the library, the engine, the tools, each charm."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def settings(source: Path, mode: str, *also: Path) -> dict[str, Any]:
    """A pyright configuration: charms have modules of the same names, so each is checked alone."""
    return {
        # Pyright takes paths relative to the file that holds them, and no others.
        "include": [str(source.relative_to(ROOT))],
        "extraPaths": [str(p.relative_to(ROOT)) for p in also],
        "pythonVersion": "3.10",
        "typeCheckingMode": mode,
        "venvPath": str(Path(sys.prefix).parent),
        "venv": Path(sys.prefix).name,
    }


def parts() -> list[tuple[str, dict[str, Any]]]:
    """What is checked: a name and its configuration."""
    lib, engine = ROOT / "lib" / "src", ROOT / "engine" / "src"
    found = [
        ("lib", settings(lib, "strict", lib)),
        ("engine", settings(engine, "strict", engine)),
        ("tools", settings(ROOT / "tools", "standard", ROOT, lib)),
    ]
    for charm in sorted((ROOT / "charms").glob("*/charmcraft.yaml")):
        source = charm.parent / "src"
        found.append((charm.parent.name, settings(source, "strict", source, lib)))
    return found


def check(configuration: dict[str, Any]) -> int:
    """The exit code of pyright, its findings printed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=ROOT, prefix=".pyright-") as file:
        json.dump(configuration, file)
        file.flush()
        return subprocess.run(["pyright", "--project", file.name], cwd=ROOT).returncode


def main() -> int:
    failed = [name for name, configuration in parts() if check(configuration)]
    print("types: " + (f"failed in {', '.join(failed)}" if failed else "all parts pass"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
