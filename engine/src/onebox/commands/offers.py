# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju offers`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import DATED, UTC, colour, show
from onebox.flags import Parsed, output_format, repeated, switch
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.offers import listing, offers_table

ALIASES = ("list-offers",)
HELP = """
Usage: juju offers [options] [<offer name>]

Lists what this model offers, and who is connected.

    juju offers
    juju offers --application kafka --format json
"""

FORMAT = output_format(("tabular", "summary", "json", "yaml"), "tabular")
APPLICATION = repeated("application", help="Return results matching the application")
INTERFACE = repeated("interface", help="Return results matching the interface name")
ACTIVE = switch("active-only", help="Only return results where the offer is in use")

FLAGS = (FORMAT, APPLICATION, INTERFACE, ACTIVE, MODEL, *DATED)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    model = client.call("snapshot", model=model_of(args))
    document = listing(model, args[UTC])
    kept = {
        name: offer
        for name, offer in document.items()
        if (not args.args or name in args.args)
        and (not args[APPLICATION] or offer["application"] in args[APPLICATION])
        and (not args[ACTIVE] or "connections" in offer)
        and (not args[INTERFACE] or _interfaces(offer) & {*args[INTERFACE]})
    }
    if args[FORMAT] in ("tabular", "summary"):
        show(offers_table(kept, summary=args[FORMAT] == "summary", colour=colour(args)))
    else:
        show(formatted(kept, args[FORMAT]))
    return 0


def _interfaces(offer: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    return {endpoint["interface"] for endpoint in offer["endpoints"].values()}
