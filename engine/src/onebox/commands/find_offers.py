# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds what the models of this engine offer.

Examples:
    juju find-offers
    juju find-offers dataops
    juju find-offers --interface kafka_client
"""

from typing import Any

from onebox import focus, persona
from onebox.commands import _offers
from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED
from onebox.errors import Refused
from onebox.flags import option, takes
from onebox.focus import CONTROLLER
from onebox.render.offers import found, found_table

URL = option("url", help="Return results matching the offer URL")
INTERFACE = option("interface", help="Return results matching the interface name")
OFFER = option("offer", help="Return results matching the offer name")

OF_A_MODEL = False
FLAGS = (TABULAR, URL, INTERFACE, OFFER, CONTROLLER, *COLOURED)
TAKES = takes("[<model>[.<offer>]]", most=1)


def run(call: Call) -> None:
    """Print them; none is an error, as it is to Juju."""
    wanted = "".join(call.words[:1]) or call[URL]
    url = _offers.parse(wanted) if wanted else None
    model = url.model if url else focus.bare(wanted) if wanted else ""
    name = url.name if url else call[OFFER]
    document: dict[str, Any] = {}
    searched = [m for m in _offers.models(call) if model in ("", m["name"])]
    if model and not searched:
        raise Refused(f'model "{persona.USER}/{model}": not found (not found)', "not-found")
    for snapshot in searched:
        document.update(found(snapshot, name, call[INTERFACE]))
    if not document:
        raise Refused("no matching application offers found", "not-found")
    call.show(document, lambda: found_table(document, call.colour))
