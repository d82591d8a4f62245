# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is in a partition, as one hash.

`chain` is over the bytes of whole batches, and so over every offset, timestamp, key, value and
header as Kafka coded them: equal hashes mean equal logs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# What the chain begins with, and the hash of a partition without records.
EMPTY = "0" * 64


def chain(hashes: Iterable[str], before: str = EMPTY) -> str:
    """The rolling hash of a partition: each link is SHA-256(link before, SHA-256 of a piece).

    Args:
        hashes: SHA-256 of each piece's plain bytes, in order of offsets, in hex.
        before: the link to go on from.

    Returns:
        The last link, in hex.
    """
    for piece in hashes:
        before = hashlib.sha256(bytes.fromhex(before + piece)).hexdigest()
    return before
