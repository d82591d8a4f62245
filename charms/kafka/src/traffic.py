# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which users work with the brokers now, as the brokers' own metrics tell."""

import logging
import re
from collections.abc import Iterable, Mapping

from dataops.host import network
from listeners import METRICS_PORT

logger = logging.getLogger(__name__)

_METRIC = "kafka_server_user_request_time_percent"
_LINE = re.compile(rf'{_METRIC}\{{user="(?P<user>[^"]+)",?\}} (?P<value>\S+)')
_SECONDS = 5


def of(addresses: Iterable[str]) -> Mapping[str, float] | None:
    """Percent of a request thread's time that each user takes, the busiest broker counts.

    None when one of the brokers does not say: it may be the one that a user works with.

    Args:
        addresses: of the brokers, IPv4 text.
    """
    found: dict[str, float] = {}
    for address in addresses:
        text = _ask(address)
        if text is None:
            return None
        for user, value in parse(text).items():
            found[user] = max(found.get(user, 0.0), value)
    return found


def parse(text: str) -> dict[str, float]:
    """The figures in a broker's answer, by user."""
    return {match["user"]: float(match["value"]) for match in _LINE.finditer(text)}


def _ask(address: str) -> str | None:
    url = f"http://{address}:{METRICS_PORT}/metrics?name[]={_METRIC}"
    try:
        return network.ask(url, _SECONDS).decode()
    except OSError as error:
        logger.warning("Metrics of %s: %s", address, error)
        return None
