# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""No more bytes a second than agreed, whoever sends them."""

import threading
import time
from collections.abc import Callable


class Pace:
    """A limit that several transfers of a process share, and a count of what went through.

    Args:
        bytes_per_second: None means no limit; the bytes are counted all the same.
        clock: seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        bytes_per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if bytes_per_second is not None and bytes_per_second <= 0:
            raise ValueError(f"a pace of {bytes_per_second} bytes a second never ends")
        self.bytes_per_second = bytes_per_second
        self.total = 0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._due = 0.0

    def take(self, count: int) -> None:
        """Return when these bytes may pass."""
        with self._lock:
            self.total += count
            if self.bytes_per_second is None:
                return
            now = self._clock()
            turn = max(now, self._due)
            self._due = turn + count / self.bytes_per_second
        if turn > now:
            self._sleep(turn - now)

    def piece(self, most: int, least: int = 1 << 16) -> int:
        """Bytes to move at a time: about a quarter of a second, so that nothing comes in gusts."""
        if self.bytes_per_second is None:
            return most
        return int(min(most, max(least, self.bytes_per_second / 4)))
