# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the models; the current one has a star.

Examples:
    juju models
    juju models --format json
"""

from datetime import datetime, timezone

from onebox import focus
from onebox.commands._call import TABULAR, Call
from onebox.console import DATED
from onebox.flags import option, switch, takes
from onebox.focus import CONTROLLER
from onebox.render.models import listing, models_table

ALIASES = ("list-models",)
ALL = switch("all", help="Lists all models, regardless of user accessibility")
USER = option("user", help="The user to list models for; there is one")
EXACT = switch("exact-time", help="Use full timestamps; ignored")
UUID = switch("uuid", help="Display UUID for models")

OF_A_MODEL = False
FLAGS = (TABULAR, *DATED, ALL, USER, EXACT, UUID, CONTROLLER)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    snapshots = [call.client.call("snapshot", model=m["name"]) for m in call.client.call("models")]
    document = listing(snapshots, focus.current(), datetime.now(timezone.utc))
    call.show(
        document, lambda: models_table(document, snapshots, uuid=call[UUID], colour=call.colour)
    )
