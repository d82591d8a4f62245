# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows how the status of one of them has changed, oldest first.

Examples:
    juju show-status-log kafka/0
    juju show-status-log kafka/0 --type workload -n 50
    juju show-status-log --type application kafka
    juju show-status-log --type machine 0
"""

from datetime import datetime, timedelta, timezone

from onebox.commands._call import TABULAR, Call
from onebox.console import DATED, UTC
from onebox.errors import Refused
from onebox.flags import UsageError, number, option, switch, takes
from onebox.names import valid
from onebox.render.history import entries, history_table

ALIASES = ("status-history",)
_OF_UNITS = ("unit", "juju-unit", "workload")
_OF_MACHINES = ("machine", "juju-machine", "container", "juju-container")
_KINDS = (*_OF_UNITS, *_OF_MACHINES, "application", "saas", "filesystem", "volume")
KIND = option("type", default="unit", help="Type of statuses to be displayed")
COUNT = number("n", default=0, help="Returns the last N logs")
DAYS = number("days", default=0, help="Returns the logs for the past <days> days")
SINCE = option("from-date", help="Returns logs for any date after the passed one (YYYY-MM-DD)")
UPDATES = switch("include-status-updates", help="Include update status hook messages")

FLAGS = (TABULAR, KIND, COUNT, DAYS, SINCE, UPDATES, *DATED)
TAKES = takes("<application, unit or machine>", "entity name is missing.")


def run(call: Call) -> None:
    """Print it."""
    name, kind = call.words[0], call[KIND]
    _check(call)
    kinds = ("juju-unit", "workload") if kind == "unit" else (kind,)
    past = call.stream("status_history", entity=name)
    found = [e for e in past if e["module"] in kinds and e["time"] >= _since(call)]
    found = [e for e in found if call[UPDATES] or "update-status" not in e["message"]]
    if not found:
        raise Refused("no status history available")
    # Juju shows the last twenty unless a date says otherwise.
    most = call[COUNT] or (0 if call[DAYS] or call[SINCE] else 20)
    found = found[-most:]
    call.show(entries(found, call[UTC]), lambda: history_table(found, call[UTC], call.colour))


def _check(call: Call) -> None:
    name, kind = call.words[0], call[KIND]
    if len(call.words) > 1:
        raise UsageError("unexpected arguments after entity name.")
    if bool(call[COUNT]) + bool(call[DAYS]) + bool(call[SINCE]) > 1:
        both = "backlog size, backlog date and backlog days back"
        raise UsageError(f"{both} cannot be specified together")
    if kind not in _KINDS:
        raise UsageError(f'unexpected status type "{kind}"')
    if kind in ("application", "saas"):
        if not valid("application", name):
            raise Refused(f'"{name}" is not a valid name for an application')
    elif not valid("unit" if kind in _OF_UNITS else "machine", name):
        raise Refused(f'"{name}" is not a valid name for a {kind}')


def _since(call: Call) -> str:
    if call[SINCE]:
        try:
            return datetime.strptime(f"{call[SINCE]}+0000", "%Y-%m-%d%z").isoformat()
        except ValueError:
            raise UsageError(f'invalid date "{call[SINCE]}": expected YYYY-MM-DD') from None
    if call[DAYS]:
        return (datetime.now(timezone.utc) - timedelta(days=call[DAYS])).isoformat()
    return ""
