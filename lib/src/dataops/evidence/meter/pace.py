# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""When the next records are due, and how late the meter itself was."""


class Pace:
    """A steady beat; what was missed is not made up for.

    Args:
        rate: beats a second.
        now: seconds.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._period = 1 / rate
        self._due = now
        self._late = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next beat."""
        return max(0.0, self._due - now)

    def beat(self, now: float) -> bool:
        """Whether a beat is due; the one after it is then set."""
        if now < self._due:
            return False
        self._late = max(self._late, now - self._due)
        behind = int((now - self._due) / self._period)
        self._due += (behind + 1) * self._period
        return True

    def late(self) -> float:
        """The longest delay since it was last asked for, in ms."""
        late, self._late = self._late, 0.0
        return late * 1000
