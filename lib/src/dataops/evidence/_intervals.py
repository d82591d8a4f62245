# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A set of whole numbers that costs memory by its gaps and not by its size."""

import bisect
from collections.abc import Iterable


class Intervals:
    """Numbers as sorted, disjoint, half-open intervals: a long outage is one pair.

    Args:
        pairs: intervals ``(start, stop)`` in order, as ``pairs`` gives them.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        for start, stop in pairs:
            self._starts.append(start)
            self._stops.append(stop)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The intervals in order."""
        return list(zip(self._starts, self._stops, strict=True))

    def __contains__(self, number: int) -> bool:
        at = bisect.bisect_right(self._starts, number) - 1
        return at >= 0 and number < self._stops[at]

    def add(self, number: int) -> None:
        """Hold this number as well."""
        if not self._stops or number > self._stops[-1]:
            self._starts.append(number)
            self._stops.append(number + 1)
            return
        if number == self._stops[-1]:  # the next one, as most are
            self._stops[-1] = number + 1
            return
        at = bisect.bisect_right(self._starts, number)
        if at and number < self._stops[at - 1]:
            return
        left = at > 0 and self._stops[at - 1] == number
        right = at < len(self._starts) and self._starts[at] == number + 1
        if left and right:
            self._stops[at - 1] = self._stops.pop(at)
            del self._starts[at]
        elif left:
            self._stops[at - 1] = number + 1
        elif right:
            self._starts[at] = number
        else:
            self._starts.insert(at, number)
            self._stops.insert(at, number + 1)

    def discard(self, number: int) -> bool:
        """Whether the number was there; it is not any more."""
        at = bisect.bisect_right(self._starts, number) - 1
        if at < 0 or number >= self._stops[at]:
            return False
        start, stop = self._starts[at], self._stops[at]
        if start == number and number + 1 == stop:
            del self._starts[at], self._stops[at]
        elif start == number:
            self._starts[at] = number + 1
        elif number + 1 == stop:
            self._stops[at] = number
        else:
            self._starts.insert(at + 1, number + 1)
            self._stops.insert(at, number)
        return True

    def count(self, start: int, stop: int) -> int:
        """How many numbers from ``start`` on and below ``stop`` are there."""
        first = bisect.bisect_right(self._stops, start)
        last = bisect.bisect_left(self._starts, stop)
        return sum(
            min(self._stops[at], stop) - max(self._starts[at], start)
            for at in range(first, last)
            if min(self._stops[at], stop) > max(self._starts[at], start)
        )
