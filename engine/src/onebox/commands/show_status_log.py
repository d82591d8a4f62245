# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-status-log`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from onebox.client import Client
from onebox.console import DATED, UTC, colour, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, number, option, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.names import valid
from onebox.render.document import formatted
from onebox.render.history import entries, history_table

ALIASES = ("status-history",)
HELP = """
Usage: juju show-status-log [options] <application, unit or machine>

Shows how the status of one of them has changed, oldest first.

    juju show-status-log kafka/0
    juju show-status-log kafka/0 --type workload -n 50
    juju show-status-log --type application kafka
    juju show-status-log --type machine 0
"""

_OF_UNITS = ("unit", "juju-unit", "workload")
_OF_MACHINES = ("machine", "juju-machine", "container", "juju-container")
_KINDS = (*_OF_UNITS, *_OF_MACHINES, "application", "saas", "filesystem", "volume")
FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
KIND = option("type", default="unit", help="Type of statuses to be displayed")
COUNT = number("n", default=0, help="Returns the last N logs")
DAYS = number("days", default=0, help="Returns the logs for the past <days> days")
SINCE = option("from-date", help="Returns logs for any date after the passed one (YYYY-MM-DD)")
UPDATES = switch("include-status-updates", help="Include update status hook messages")

FLAGS = (FORMAT, KIND, COUNT, DAYS, SINCE, UPDATES, MODEL, *DATED)
TAKES = takes("entity name is missing.")


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    name, kind = args.args[0], args[KIND]
    _check(args)
    kinds = ("juju-unit", "workload") if kind == "unit" else (kind,)
    past = client.stream("status_history", model=model_of(args), entity=name)
    found = [e for e in past if e["module"] in kinds and e["time"] >= _since(args)]
    found = [e for e in found if args[UPDATES] or "update-status" not in e["message"]]
    if not found:
        raise Refused("no status history available")
    # Juju shows the last twenty unless a date says otherwise.
    most = args[COUNT] or (0 if args[DAYS] or args[SINCE] else 20)
    found = found[-most:]
    if args[FORMAT] == "tabular":
        show(history_table(found, args[UTC], colour(args)))
    else:
        show(formatted(entries(found, args[UTC]), args[FORMAT]))
    return 0


def _check(args: Parsed) -> None:
    name, kind = args.args[0], args[KIND]
    if len(args.args) > 1:
        raise UsageError("unexpected arguments after entity name.")
    if bool(args[COUNT]) + bool(args[DAYS]) + bool(args[SINCE]) > 1:
        both = "backlog size, backlog date and backlog days back"
        raise UsageError(f"{both} cannot be specified together")
    if kind not in _KINDS:
        raise UsageError(f'unexpected status type "{kind}"')
    if kind in _OF_UNITS and not valid("unit", name):
        raise Refused(f'"{name}" is not a valid name for a {kind}')
    if kind in ("application", "saas") and not valid("application", name):
        raise Refused(f'"{name}" is not a valid name for an application')
    if kind not in (*_OF_UNITS, "application", "saas") and not valid("machine", name):
        raise Refused(f'"{name}" is not a valid name for a {kind}')


def _since(args: Parsed) -> str:
    if args[SINCE]:
        try:
            return (
                datetime.strptime(args[SINCE], "%Y-%m-%d").replace(tzinfo=timezone.utc).isoformat()
            )
        except ValueError:
            raise UsageError(f'invalid date "{args[SINCE]}": expected YYYY-MM-DD') from None
    if args[DAYS]:
        return (datetime.now(timezone.utc) - timedelta(days=args[DAYS])).isoformat()
    return ""
