# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which records of a rehearsal's cluster somebody else reads, and what hash they must have."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import drill_checks
import drill_clients
from dataops.backup.manifest import Partition
from drill_checks import Portion
from drill_clients import Place

# Bytes of them all, and of how many partitions; enough to tell, and read within seconds.
_BYTES, _PARTITIONS = 16 << 20, 16
# Records of each partition whose hash no manifest has.
_NEWEST = 500


def readable(
    partitions: Iterable[Partition],
    bounds: Mapping[Place, tuple[int, int]],
    clients: Mapping[str, Any],
) -> tuple[Portion, ...]:
    """What the manifest has hashes of; without any, what a client reads of the restored logs.

    An unpaced backup has none of records. That the logs themselves hold what was backed up is
    seen byte by byte in any case.

    Args:
        partitions: of the manifest, those that were restored.
        bounds: the first and the next offset of each.
        clients: how a client reaches the rehearsal's cluster.

    Raises:
        ClusterError: it does not answer.
    """
    hashed = tuple(itertools.islice(drill_checks.portions(partitions, _BYTES), _PARTITIONS))
    return hashed or tuple(_read(bounds, clients))


def _read(
    bounds: Mapping[Place, tuple[int, int]], clients: Mapping[str, Any]
) -> Iterator[Portion]:
    filled = [one for one in sorted(bounds.items()) if one[1][0] < one[1][1]]
    with drill_clients.reading(clients) as consumer:
        for place, (start, end) in filled[:_PARTITIONS]:
            first = max(start, end - _NEWEST)
            found = drill_clients.digest(consumer, place, first, end)
            yield Portion(place, first, end, found.hexdigest())
