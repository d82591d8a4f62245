# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Wakes the charm without waiting for it."""

import threading
from collections.abc import Callable


class Bell:
    """Rings once for all news that come while the charm is still being woken.

    Args:
        wake: wakes the charm, and returns when it has looked.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._changed = threading.Condition()
        self._news = False
        self._leaving = False
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """There is something to see."""
        with self._changed:
            self._news = True
            self._changed.notify()

    def close(self, patience: float = 30.0) -> None:
        """Wait until the charm has been woken for the last news."""
        with self._changed:
            self._leaving = True
            self._changed.notify()
        self._thread.join(patience)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._news or self._leaving)
                if not self._news:
                    return
                self._news = False
            self._wake()
