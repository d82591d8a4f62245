# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what there is to know about the current model, or the one named.

Examples:
    juju show-model
    juju show-model --format json dataops
"""

from onebox import focus
from onebox.commands._call import DOCUMENT, Call
from onebox.console import OUTPUT
from onebox.flags import takes
from onebox.focus import CONTROLLER
from onebox.render.models import details

FLAGS = (DOCUMENT, OUTPUT, CONTROLLER)
TAKES = takes("[<model name>]", most=1)


def run(call: Call) -> None:
    """Print it."""
    name = focus.bare(call.words[0]) if call.words else call.model
    model = call.client.call("snapshot", model=name)
    call.show({name: details(model)})
