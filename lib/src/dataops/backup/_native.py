# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is not written in Python and brings no types; loaded when it is first used."""

import importlib
from collections.abc import Callable
from typing import Any


def crc32c() -> Callable[[bytes], int]:
    """The function that computes CRC32C."""
    return importlib.import_module("google_crc32c").value


def snappy() -> Any:
    """The library for snappy."""
    return importlib.import_module("cramjam").snappy


def lz4() -> Any:
    """The library for lz4."""
    return importlib.import_module("cramjam").lz4
