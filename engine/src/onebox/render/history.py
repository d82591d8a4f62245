# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a status has changed: what `juju show-status-log` prints."""

from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import Cell, status_cell, table


def entries(found: list[Json], utc: bool) -> list[Json]:
    """One object for each change."""
    return [
        {
            "status": e["level"],
            "message": e["message"],
            "since": times.since(e["time"], utc),
            "type": e["module"],
        }
        for e in found
    ]


def history_table(found: list[Json], utc: bool, colour: bool = False) -> str:
    """The table, oldest first."""
    rows: list[list[Cell]] = [
        [times.since(e["time"], utc), e["module"], status_cell(e["level"]), e["message"]]
        for e in found
    ]
    return table(["Time", "Type", "Status", "Message"], rows, colour=colour)
