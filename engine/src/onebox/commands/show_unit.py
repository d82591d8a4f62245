# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows a unit and the data in its relations.

Examples:
    juju show-unit kafka/0
    juju show-unit kafka/0 --endpoint kafka-client --related-unit spark/0
"""

from onebox.commands._call import Call
from onebox.console import COLOURED
from onebox.errors import Refused
from onebox.flags import UsageError, option, output_format, switch, takes
from onebox.names import valid
from onebox.render.units import Shown, for_yaml, show_unit

FORMAT = output_format(("yaml", "json", "smart"), "yaml")
APP = switch("app", help="Only show application relation data")
ENDPOINT = option("endpoint", help="Only show relation data for the specified endpoint")
RELATED = option("related-unit", help="Only show relation data for the specified unit")

FLAGS = (FORMAT, APP, ENDPOINT, RELATED, *COLOURED)
TAKES = takes("<unit name>", "an unit name must be supplied")


def run(call: Call) -> None:
    """Print it."""
    wrong = [name for name in call.words if not valid("unit", name)]
    if wrong:
        raise UsageError(f"unit name{'s'[: len(wrong) - 1]} {', '.join(wrong)} not valid")
    if call[RELATED] and not valid("unit", call[RELATED]):
        raise UsageError(f"related unit name {call[RELATED]} not valid")
    model = call.snapshot()
    wanted = Shown(call[APP], call[ENDPOINT], call[RELATED])
    for name in call.words:
        if name not in model["units"]:
            raise Refused(f"unit {name} not found", "not-found")
    units = {name: show_unit(model, name, wanted) for name in call.words}
    call.show(units if call[FORMAT] == "json" else for_yaml(units), form=call[FORMAT])
