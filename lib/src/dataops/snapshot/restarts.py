# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which services ended by themselves, from what supervisord or systemd logged of them. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator

from dataops.snapshot.timeline import moment

_SUPERVISORD = re.compile(r" exited: (\S+) \((.+); not expected\)")
_SYSTEMD = re.compile(r" dataops-\S+?-\d+-(\S+)\.service: Main process exited, (.+)")
_WELL = ("status=0/SUCCESS", "status=143")


@dataclasses.dataclass(frozen=True)
class Restart:
    """A process that ended though nobody had asked it to.

    Attributes:
        service: its service.
        how: as the service manager says it.
        at: when (UTC).
    """

    service: str
    how: str
    at: datetime.datetime


def restarts(log: str, *, local: bool) -> Iterator[Restart]:
    """Every such end, in the order of the log.

    Args:
        log: of the service manager.
        local: whether its times are of the machine's own zone.
    """
    for line in log.splitlines():
        match = _SUPERVISORD.search(line) or _SYSTEMD.search(line)
        at = moment(line.encode(), local=local)
        if match and at and not match[2].endswith(_WELL):
            yield Restart(match[1], match[2], at)
