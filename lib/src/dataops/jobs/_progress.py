# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How far a job is: told as often as the work likes, published now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from dataops.jobs._files import JobFiles

logger = logging.getLogger("dataops.jobs")

# Each publication costs a hook of this unit and one of the requirer's.
PACE_SECONDS = 10.0


class Progress:
    """Writes the newest progress at a steady pace and wakes the charm; a context manager.

    Args:
        files: where to write.
        wake: wakes the charm; called in a thread of its own.
        pace: seconds between publications.
    """

    def __init__(
        self, files: JobFiles, wake: Callable[[], object], pace: float = PACE_SECONDS
    ) -> None:
        self._files = files
        self._wake = wake
        self._pace = pace
        self._newest: tuple[str, float | None] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)

    def tell(self, text: str, done: float | None) -> None:
        """Keep it, and log it."""
        if (text, done) != self._newest:
            logger.info("%s%s", text, "" if done is None else f" ({done:.0%})")
        self._newest = (text, done)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The thread may be waiting for a hook: it ends with the process.
        self._over.set()

    def _publish(self) -> None:
        published = None
        while not self._over.wait(self._pace):
            if (newest := self._newest) is not None and newest != published:
                self._files.report(*newest)
                self._wake()
                published = newest
