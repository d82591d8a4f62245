# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists what this model offers, and who is connected.

Examples:
    juju offers
    juju offers --application kafka --format json
"""

from onebox.commands._call import Call
from onebox.console import DATED, UTC
from onebox.flags import output_format, repeated, switch, takes
from onebox.render.offers import listing, offers_table

ALIASES = ("list-offers",)
FORMAT = output_format(("tabular", "summary", "json", "yaml"), "tabular")
APPLICATION = repeated("application", help="Return results matching the application")
INTERFACE = repeated("interface", help="Return results matching the interface name")
ACTIVE = switch("active-only", help="Only return results where the offer is in use")

FLAGS = (FORMAT, APPLICATION, INTERFACE, ACTIVE, *DATED)
TAKES = takes("[<offer name>]")


def run(call: Call) -> None:
    """Print them."""
    document = listing(call.snapshot(), call[UTC])
    kept = {
        name: offer
        for name, offer in document.items()
        if (not call.words or name in call.words)
        and (not call[APPLICATION] or offer["application"] in call[APPLICATION])
        and (not call[ACTIVE] or "connections" in offer)
        and (not call[INTERFACE] or _interfaces(offer) & {*call[INTERFACE]})
    }
    summary = call[FORMAT] == "summary"
    call.show(
        kept, lambda: offers_table(kept, summary=summary, colour=call.colour), form=call[FORMAT]
    )


def _interfaces(offer: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    return {endpoint["interface"] for endpoint in offer["endpoints"].values()}
