# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-unit`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import COLOURED, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, option, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.names import valid
from onebox.render.document import to_json, to_yaml
from onebox.render.units import Shown, for_yaml, show_unit

HELP = """
Usage: juju show-unit [options] <unit name>

Shows a unit and the data in its relations.

    juju show-unit kafka/0
    juju show-unit kafka/0 --endpoint kafka-client --related-unit spark/0
"""

FORMAT = output_format(("yaml", "json", "smart"), "yaml")
APP = switch("app", help="Only show application relation data")
ENDPOINT = option("endpoint", help="Only show relation data for the specified endpoint")
RELATED = option("related-unit", help="Only show relation data for the specified unit")

FLAGS = (FORMAT, APP, ENDPOINT, RELATED, MODEL, *COLOURED)
TAKES = takes("an unit name must be supplied")


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    wrong = [name for name in args.args if not valid("unit", name)]
    if wrong:
        raise UsageError(f"unit name{'s'[: len(wrong) - 1]} {', '.join(wrong)} not valid")
    if args[RELATED] and not valid("unit", args[RELATED]):
        raise UsageError(f"related unit name {args[RELATED]} not valid")
    model = client.call("snapshot", model=model_of(args))
    wanted = Shown(args[APP], args[ENDPOINT], args[RELATED])
    for name in args.args:
        if name not in model["units"]:
            raise Refused(f"unit {name} not found", "not-found")
    units = {name: show_unit(model, name, wanted) for name in args.args}
    show(to_json(units) if args[FORMAT] == "json" else to_yaml(for_yaml(units)))
    return 0
