# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The SHA-256 of every file below a directory, in the form that `sha256sum --check` reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "MANIFEST"
_BLOCK = 1 << 20


def write(root: Path) -> dict[str, str]:
    """The SHA-256 by relative path; writes them to `MANIFEST`, which does not name itself."""
    found = {name: digest(root / name) for name in _names(root)}
    lines = [f"{value}  {name}\n" for name, value in found.items()]
    (root / NAME).write_text("".join(lines))
    return found


def flaws(root: Path) -> tuple[str, ...]:
    """Every file that is not as the manifest says, in words; none when all are."""
    lines = (root / NAME).read_text().splitlines()
    stated = {name: value for value, _, name in (line.partition("  ") for line in lines)}
    present = set(_names(root))
    changed = [n for n in sorted(present & set(stated)) if digest(root / n) != stated[n]]
    return (
        *(f"{name}: not as the manifest says" for name in changed),
        *(f"{name}: missing" for name in sorted(set(stated) - present)),
        *(f"{name}: not in the manifest" for name in sorted(present - set(stated))),
    )


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            state.update(block)
    return state.hexdigest()


def _names(root: Path) -> list[str]:
    """Every file's path below the root, in order."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path.relative_to(root)) for path in files if path != root / NAME)
