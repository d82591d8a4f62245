# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju find-offers`."""

from __future__ import annotations

from typing import Any

from onebox import focus
from onebox.client import Client
from onebox.commands import _offers
from onebox.console import COLOURED, colour, show
from onebox.errors import Refused
from onebox.flags import Parsed, option, output_format
from onebox.focus import CONTROLLER
from onebox.render.document import formatted
from onebox.render.offers import found, found_table

HELP = """
Usage: juju find-offers [options] [<model>[.<offer>]]

Finds what the models of this engine offer.

    juju find-offers
    juju find-offers dataops
    juju find-offers --interface kafka_client
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
URL = option("url", help="Return results matching the offer URL")
INTERFACE = option("interface", help="Return results matching the interface name")
OFFER = option("offer", help="Return results matching the offer name")

FLAGS = (FORMAT, URL, INTERFACE, OFFER, CONTROLLER, *COLOURED)


def run(client: Client, args: Parsed) -> int:
    """Print them; none is an error, as it is to Juju."""
    wanted = "".join(args.args[:1]) or args[URL]
    url = _offers.parse(wanted) if wanted else None
    model = url.model if url else focus.bare(wanted) if wanted else ""
    name = url.name if url else args[OFFER]
    document: dict[str, Any] = {}
    for snapshot in _offers.models(client):
        if model in ("", snapshot["name"]):
            document.update(found(snapshot, name, args[INTERFACE]))
    if not document:
        raise Refused("no matching application offers found", "not-found")
    if args[FORMAT] == "tabular":
        show(found_table(document, colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
