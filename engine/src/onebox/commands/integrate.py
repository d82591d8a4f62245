# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Integrates two applications. An endpoint may be left out where only one pair fits.

One of them may be an offer of another model.

Examples:
    juju integrate kafka:monitoring prometheus
    juju integrate spark kafka
    juju integrate spark admin/dataops.kafka
"""

from onebox.commands import _offers
from onebox.commands._call import Call
from onebox.flags import UsageError, option, takes

ALIASES = ("relate",)
VIA = option("via", help="For cross model integrations; ignored")

FLAGS = (VIA,)
TAKES = takes("<application>[:<endpoint>] <application>[:<endpoint>]")


def run(call: Call) -> None:
    """Integrate, silently."""
    if len(call.words) != 2:
        raise UsageError("an integration must involve two applications")
    a, b = (_meant(call, text) for text in call.words)
    call.ask("integrate", a=a, b=b)


def _meant(call: Call, text: str) -> str:
    """`application[:endpoint]` as it is; an offer's URL is consumed, or is of this very model."""
    url = _offers.parse(text)
    if url is None:
        return text
    if url.model == call.model:
        offers = call.snapshot()["offers"]
        name = offers[url.name]["application"] if url.name in offers else url.name
    else:
        name = _offers.consume(call, url)
    return f"{name}:{url.endpoint}" if url.endpoint else name
