# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists what this model offers, and who is connected.

Examples:
    juju offers
    juju offers --application kafka --format json
"""

from typing import Any

from onebox import persona
from onebox.commands._call import Call
from onebox.console import DATED, UTC
from onebox.flags import option, output_format, switch, takes
from onebox.render.offers import listing, offers_table

ALIASES = ("list-offers",)
FORMAT = output_format(("tabular", "summary", "json", "yaml"), "tabular")
APPLICATION = option("application", help="Return results matching the application")
INTERFACE = option("interface", help="Return results matching the interface name")
ALLOWED = option("allowed-consumer", help="Return results where the user may consume the offer")
CONNECTED = option("connected-user", help="Return results where the user is connected to it")
ACTIVE = switch("active-only", help="Only return results where the offer is in use")

FLAGS = (FORMAT, APPLICATION, INTERFACE, ALLOWED, CONNECTED, ACTIVE, *DATED)
TAKES = takes("[<offer name>]", most=1)


def run(call: Call) -> None:
    """Print them."""
    document = listing(call.snapshot(), call[UTC])
    kept = {
        name: offer
        for name, offer in document.items()
        if (not call.words or name in call.words)
        and (call[APPLICATION] in ("", offer["application"]))
        and call[ALLOWED] in ("", persona.USER)
        and (not call[CONNECTED] or _connected(offer, call[CONNECTED]))
        and (not call[ACTIVE] or "connections" in offer)
        and (call[INTERFACE] in ("", *_interfaces(offer)))
    }
    summary = call[FORMAT] == "summary"
    call.show(
        kept, lambda: offers_table(kept, summary=summary, colour=call.colour), form=call[FORMAT]
    )


def _connected(offer: dict[str, Any], user: str) -> bool:
    return user in {one["username"] for one in offer.get("connections", ())}


def _interfaces(offer: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    return {endpoint["interface"] for endpoint in offer["endpoints"].values()}
