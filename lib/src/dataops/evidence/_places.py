# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the newest records of a topic lie: tells one that is there twice from one read twice."""

from collections.abc import Iterable
from typing import Any

Record = tuple[int, int]
# A consumer goes back by what is under way; a client library tries for 30 s, 20 times a second.
_MOST = 1000


class Places:
    """By partition and offset, the newest records that were read.

    Args:
        dumped: what ``dump`` gave, also after a way through JSON.
        most: how many are remembered of a partition.
    """

    def __init__(self, dumped: Iterable[Any] = (), *, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[int, dict[int, Record]] = {}
        # By partition: all that was read below this offset is forgotten.
        self._forgotten: dict[int, int] = {}
        for partition, forgotten, known in dumped:
            self._forgotten[partition] = forgotten
            self._known[partition] = {at: (lane, number) for at, lane, number in known}

    def read(self, partition: int, offset: int, record: Record) -> bool:
        """Whether this very record was read at this very place before; it is noted there.

        Of a place that is forgotten, that is assumed: the consumer went back.
        """
        known = self._known.setdefault(partition, {})
        forgotten = self._forgotten.get(partition, 0)
        found = known.get(offset)
        if found is None and offset < forgotten:
            return True
        known[offset] = record
        if len(known) > self._most:
            oldest = next(iter(known))
            del known[oldest]
            self._forgotten[partition] = max(forgotten, oldest + 1)
        return found == record

    def of(self, partition: int, record: Record) -> list[int]:
        """The offsets at which a record was read, in order."""
        known = self._known.get(partition, {})
        return sorted(offset for offset, found in known.items() if found == record)

    def overtaken(self, partition: int, offset: int, record: Record) -> bool:
        """Whether a later record of the same lane lies before this place."""
        lane, number = record
        return any(
            at < offset and found[0] == lane and found[1] > number
            for at, found in self._known.get(partition, {}).items()
        )

    def dump(self) -> list[Any]:
        """All of it as JSON can hold it."""
        return [
            [partition, self._forgotten.get(partition, 0), [[at, *r] for at, r in known.items()]]
            for partition, known in self._known.items()
        ]
