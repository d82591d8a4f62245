# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""python -m dataops.evidence.meter DIRECTORY."""

import signal
import sys
from pathlib import Path

from dataops.evidence.meter.bell import Bell
from dataops.evidence.meter.meter import Meter, OtherRun
from dataops.evidence.meter.orders import Orders
from dataops.host import wake

# Whoever runs us starts us anew after a failure.
_AGAIN = 3


def main(directory: str) -> int:
    """Measure until it is over."""
    home = Path(directory)
    try:
        orders = Orders.read(home)
    except FileNotFoundError:
        return 0
    bell = Bell(lambda: orders.unit and wake.call(orders.unit, orders.waker))
    meter = Meter(home, ring=bell.ring)
    signal.signal(signal.SIGTERM, lambda _number, _frame: meter.leave())
    try:
        meter.run()
    except OtherRun:
        return _AGAIN
    # The charm that is being woken may be what ends us: it must not wait for us meanwhile.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if meter.ended:
        bell.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
