# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-unit`."""

from __future__ import annotations

import re

from onebox import console
from onebox.client import Client
from onebox.commands._removal import ask, unit_lines
from onebox.console import show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, number, switch
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-unit [options] <unit> [...]

Removes units; each runs its last hooks first.

    juju remove-unit kafka/2
    juju remove-unit kafka/2 --force
"""

FORCE = switch("force", help="Completely remove a unit even when its hooks fail")
NO_WAIT = switch("no-wait", help="Rush through unit removal without waiting")
DESTROY = switch("destroy-storage", help="Destroy storage attached to the unit")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
DRY_RUN = switch("dry-run", help="Print what this command would remove without removing")
NUM = number("num-units", help="Number of units to remove (k8s models only)")
_UNIT = re.compile(r"[a-z][a-z0-9-]*/\d+")

FLAGS = (FORCE, NO_WAIT, DESTROY, NO_PROMPT, DRY_RUN, NUM, MODEL)


def run(client: Client, args: Parsed) -> int:
    """Say what goes and remove it; a unit that is not there does not spare the others."""
    if args[NUM]:
        raise UsageError("--num-units for non k8s models not valid")
    if not args.args:
        raise UsageError("no units specified")
    for unit in args.args:
        if not _UNIT.fullmatch(unit):
            raise UsageError(f'invalid unit name "{unit}"')
    name = model_of(args)
    model = client.call("snapshot", model=name)
    known = [unit for unit in args.args if unit in model["units"]]
    if known and not args[NO_PROMPT] and not args[DRY_RUN]:
        ask(client, name, "".join(unit_lines(model, u) for u in known), "unit removal")
    for unit in known:
        show(unit_lines(model, unit))
        if not args[DRY_RUN]:
            _remove(client, args, name, unit)
    return _report([unit for unit in args.args if unit not in known])


def _remove(client: Client, args: Parsed, model: str, unit: str) -> None:
    force = args[FORCE] or args[NO_WAIT]
    storage = args[DESTROY]
    client.call("remove_unit", model=model, unit=unit, destroy_storage=storage, force=force)


def _report(missing: list[str]) -> int:
    texts = [f'removing unit {unit} failed: unit "{unit}" not found' for unit in missing]
    for text in texts[:-1]:
        console.error(text)
    if texts:
        raise Refused(texts[-1], "not-found")
    return 0
