# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers endpoints of an application, so that applications of other models integrate with them.

Examples:
    juju offer kafka:kafka-client
    juju offer dataops.kafka:kafka-client,monitoring events
"""

from onebox import focus, persona
from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import takes
from onebox.focus import CONTROLLER

FLAGS = (CONTROLLER,)
TAKES = takes(
    "[<model>.]<application>:<endpoint>[,...] [<offer name>]",
    "an offer must at least specify application endpoint",
    most=2,
)


def run(call: Call) -> None:
    """Offer them and say under which URL."""
    source, colon, listed = call.words[0].rpartition(":")
    if not colon or not listed:
        form = '"<application-name>:<endpoint-name>[,...]"'
        raise Refused(f"endpoints must conform to format {form}")
    where, dot, application = source.rpartition(".")
    model = focus.bare(where) if dot else call.model
    name = call.words[1] if len(call.words) > 1 else application
    endpoints = listed.split(",")
    call.client.call("offer", model=model, application=application, endpoints=endpoints, name=name)
    url = f"{persona.USER}/{model}.{name}"
    tell(f'Application "{application}" endpoints [{", ".join(endpoints)}] available at "{url}"')
