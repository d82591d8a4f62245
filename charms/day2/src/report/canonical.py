# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""JSON with one spelling, so that equal contents are equal bytes. Pure."""

from __future__ import annotations

import hashlib
import json


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces, ASCII, one line.

    Raises:
        ValueError: a number is infinite or none, which JSON cannot say.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode() + b"\n"


def sha256(content: bytes) -> str:
    """As `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()
