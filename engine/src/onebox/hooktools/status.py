# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""status-get, status-set, application-version-set: all at once, whatever becomes of the hook."""

from typing import Any

from onebox.changes import statuses
from onebox.errors import Refused
from onebox.flags import UsageError, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool
from onebox.model import Model, Status

DATA = switch("include-data", help="Print all status data")
OF_APPLICATION = switch(
    "application", help="Print status for all units of this application if this unit is the leader"
)
FOR_APPLICATION = switch(
    "application",
    help="Set this status for the application to which the unit belongs if the unit is the leader",
)
SETTABLE = ("maintenance", "blocked", "waiting", "active")


@tool("status-get", "Print status information.", DATA, OF_APPLICATION, form=SMART_FORMAT)
def status_get(context: Context, call: Call) -> dict[str, Any] | str:
    """The word alone in smart format, else a map."""
    call.at_most(0)
    if call[OF_APPLICATION] and not context.leads:
        raise Refused("finding application status: this unit is not the leader")
    model = context.services.read()
    bare = not call[DATA] and call[SMART_FORMAT] == "smart"
    if not call[OF_APPLICATION]:
        workload = model.units[context.unit_name].workload
        return workload.current if bare else _details(workload, call[DATA])
    overall = _overall(model, context.app_name)
    if bare:
        return overall.current
    units = {u.name: _details(u.workload, call[DATA]) for u in model.units_of(context.app_name)}
    return {"application-status": {**_details(overall, call[DATA]), "units": units}}


def _overall(model: Model, application: str) -> Status:
    """What the leader set, else the worst that a unit shows."""
    told = model.applications[application].status
    if told is not None and told.current != "unknown":
        return told
    shown = [
        unit.agent if unit.agent.current == "error" else unit.workload
        for unit in model.units_of(application)
    ]
    return min(shown, key=lambda status: statuses.severity(status.current))


def _details(status: Status, data: bool) -> dict[str, Any]:
    if not data:
        return {"status": status.current}
    return {"message": status.message, "status": status.current, "status-data": status.data}


@tool(
    "status-set <maintenance | blocked | waiting | active> [message]",
    "Set status information.",
    FOR_APPLICATION,
)
def status_set(context: Context, call: Call) -> None:
    """Say how the unit, or as its leader the application, is."""
    if not call.args:
        raise UsageError("invalid args, require <status> [message]")
    current, message = call.arg(0), call.arg(1)
    if current not in SETTABLE:
        expected = " ".join(SETTABLE)
        raise UsageError(f"invalid status {quote(current)}, expected one of [{expected}]")
    call.at_most(2)
    if call[FOR_APPLICATION] and not context.leads:
        raise Refused("this unit is not the leader")
    change = statuses.set_application if call[FOR_APPLICATION] else statuses.set_workload
    name = context.app_name if call[FOR_APPLICATION] else context.unit_name
    now = context.services.now()
    context.services.transact(lambda model: change(model, name, current, message, now))


@tool(
    "application-version-set <new-version>",
    "Specify which version of the application is deployed.",
)
def application_version_set(context: Context, call: Call) -> None:
    """Say which version of the workload runs."""
    if not call.args:
        raise UsageError("no version specified")
    call.at_most(1)
    name, version = context.app_name, call.arg(0)
    context.services.transact(lambda m: statuses.set_workload_version(m, name, version))
