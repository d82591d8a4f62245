# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An end to waiting: a process that is asked to end and does not, is killed."""

import contextlib
import os
import signal
import threading
from collections.abc import Generator


@contextlib.contextmanager
def limited(pid: int | None, patience: float | None) -> Generator[None]:
    """Kill the process unless the body is over within ``patience`` seconds; None waits for ever.

    Args:
        pid: the process that the body asks to end; None when there is none.
        patience: seconds.
    """
    if pid is None or patience is None:
        yield
        return
    timer = threading.Timer(patience, _kill, [pid])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
