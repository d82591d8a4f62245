# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of the records of one lane in one partition, in bounded memory."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dataops.evidence._figures import Phase
from dataops.evidence._intervals import Intervals

_ORDER = tuple(Phase)
_Pairs = Iterable[tuple[int, int]]


@dataclasses.dataclass
class Stream:
    """The records of one lane in one partition.

    Attributes:
        sent: how many; the next record's number.
        high: one more than the highest number read: whatever is owed below it was passed over.
        starts: the first number of each phase.
        flying: neither acknowledged nor failed.
        unread: sent and not read.
        owed: acknowledged and not read.
    """

    sent: int = 0
    high: int = 0
    starts: dict[Phase, int] = dataclasses.field(default_factory=dict[Phase, int])
    flying: Intervals = dataclasses.field(default_factory=Intervals)
    unread: Intervals = dataclasses.field(default_factory=Intervals)
    owed: Intervals = dataclasses.field(default_factory=Intervals)

    def phase(self, number: int) -> Phase:
        """The phase in which this record was sent."""
        # Phases begin in their order, and most that is asked for is of the newest.
        return next(phase for phase in reversed(self.starts) if self.starts[phase] <= number)

    def span(self, phase: Phase) -> tuple[int, int]:
        """The numbers that were sent in a phase."""
        if phase not in self.starts:
            return 0, 0
        later = [
            start for p, start in self.starts.items() if _ORDER.index(p) > _ORDER.index(phase)
        ]
        return self.starts[phase], min(later, default=self.sent)

    def dump(self) -> list[Any]:
        """All of it as JSON can hold it."""
        sets = (self.flying, self.unread, self.owed)
        return [self.sent, self.high, self.starts, *(one.pairs for one in sets)]

    @classmethod
    def load(
        cls,
        sent: int,
        high: int,
        starts: Mapping[str, int],
        flying: _Pairs,
        unread: _Pairs,
        owed: _Pairs,
    ) -> "Stream":
        """What ``dump`` gave, also after a way through JSON."""
        return cls(
            sent=sent,
            high=high,
            starts={Phase(phase): start for phase, start in starts.items()},
            flying=Intervals(flying),
            unread=Intervals(unread),
            owed=Intervals(owed),
        )
