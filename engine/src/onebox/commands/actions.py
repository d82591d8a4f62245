# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists what can be run on the units of an application.

Examples:
    juju actions kafka
    juju actions kafka --schema --format yaml
"""

from onebox.commands._call import Call
from onebox.console import COLOURED, tell
from onebox.errors import known
from onebox.flags import UsageError, output_format, switch, takes
from onebox.names import valid
from onebox.render.actions import actions_table, descriptions, schemas

ALIASES = ("list-actions",)
FORMAT = output_format(("default", "tabular", "json", "yaml"), "default")
SCHEMA = switch("schema", help="Display the full action schema")

FLAGS = (FORMAT, SCHEMA, *COLOURED)
TAKES = takes("<application>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Print them."""
    name = call.words[0]
    if not valid("application", name):
        raise UsageError(f'invalid application name "{name}"')
    if call[SCHEMA] and call[FORMAT] == "tabular":
        raise UsageError("full schema not compatible with tabular output")
    model = call.snapshot()
    url = known(model["applications"], "application", name)["charm_url"]
    found = model["charms"][url]["actions"]
    if call[SCHEMA]:
        call.show(schemas(found), form=call[FORMAT])
    elif not found and call[FORMAT] in ("default", "tabular"):
        tell(f"No actions defined for {name}.")
    else:
        call.show(
            descriptions(found), lambda: actions_table(found, call.colour), form=call[FORMAT]
        )
