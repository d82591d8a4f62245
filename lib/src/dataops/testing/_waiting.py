# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_PAUSE = 0.02  # seconds


def eventually(condition: Callable[[], _T], patience: float = 60.0) -> _T:
    """The first true value of the condition.

    Args:
        condition: asked again and again.
        patience: seconds.

    Raises:
        AssertionError: it stayed false.
    """
    deadline = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"The condition did not come true within {patience:g} s")
        time.sleep(_PAUSE)
    return found
