# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju integrate`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands import _offers
from onebox.flags import Parsed, UsageError, option
from onebox.focus import MODEL, model_of

ALIASES = ("relate",)
HELP = """
Usage: juju integrate [options] <application>[:<endpoint>] <application>[:<endpoint>]

Integrates two applications. An endpoint may be left out where only one pair fits. One of
them may be an offer of another model.

    juju integrate kafka:monitoring prometheus
    juju integrate spark kafka
    juju integrate spark admin/dataops.kafka
"""

VIA = option("via", help="For cross model integrations; ignored")

FLAGS = (MODEL, VIA)


def run(client: Client, args: Parsed) -> int:
    """Integrate, silently."""
    if len(args.args) != 2:
        raise UsageError("an integration must involve two applications")
    model = model_of(args)
    a, b = (_meant(client, model, text) for text in args.args)
    client.call("integrate", model=model, a=a, b=b)
    return 0


def _meant(client: Client, model: str, text: str) -> str:
    """`application[:endpoint]` as it is; an offer's URL is consumed, or is of this very model."""
    url = _offers.parse(text)
    if url is None:
        return text
    if url.model == model:
        offers = client.call("snapshot", model=model)["offers"]
        name = offers[url.name]["application"] if url.name in offers else url.name
    else:
        name = _offers.consume(client, model, url)
    return f"{name}:{url.endpoint}" if url.endpoint else name
