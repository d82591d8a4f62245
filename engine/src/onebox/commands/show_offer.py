# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows the endpoints of one offer.

Examples:
    juju show-offer dataops.kafka
"""

from onebox import focus
from onebox.commands import _offers
from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED
from onebox.errors import Refused
from onebox.flags import takes
from onebox.focus import CONTROLLER
from onebox.render.offers import shown, shown_table

FLAGS = (TABULAR, CONTROLLER, *COLOURED)
TAKES = takes("[<user>/]<model>.<offer>", "must specify endpoint URL", most=1)


def run(call: Call) -> None:
    """Print it."""
    url = _offers.named(call.words[0], focus.current())
    model = call.client.call("snapshot", model=url.model)
    if url.name not in model["offers"]:
        raise Refused(f'application offer "{url}"', "not-found")
    document = shown(model, url.name)
    call.show(document, lambda: shown_table(document, call.colour))
