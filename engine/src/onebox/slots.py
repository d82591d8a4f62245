# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The few slots for running hooks, given out in the order in which they are asked for."""

import threading
from collections import deque
from types import TracebackType


class Slots:
    """A counting lock for `with`, first come first served.

    A semaphore lets a unit that has one hook after the other take its slot again before the unit
    that waits for it has woken up: whoever everybody waits for then waits longest.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._queue: deque[threading.Lock] = deque()
        self._guard = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        # Whoever leaves hands the slot over with this.
        turn.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1
