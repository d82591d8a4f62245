# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-machine`."""

from __future__ import annotations

from typing import Any

from onebox.client import Client
from onebox.commands._removal import ask
from onebox.console import error, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, switch, takes
from onebox.focus import MODEL, model_of
from onebox.names import valid

HELP = """
Usage: juju remove-machine [options] <machine number> ...

Removes machines that have no units, or with their units by force.

    juju remove-machine 3
    juju remove-machine 3 --force --dry-run
"""

Json = dict[str, Any]

FORCE = switch("force", help="Completely remove a machine and all that is on it")
NO_WAIT = switch("no-wait", help="Rush through machine removal without waiting for each step")
DRY_RUN = switch("dry-run", help="Print what would be removed without removing it")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
KEEP = switch("keep-instance", help="Do not stop the running cloud instance; ignored")

FLAGS = (FORCE, NO_WAIT, NO_PROMPT, DRY_RUN, KEEP, MODEL)
TAKES = takes("no machines specified")


def run(client: Client, args: Parsed) -> int:
    """Remove them."""
    for machine in args.args:
        if not valid("machine", machine):
            raise UsageError(f'invalid machine id "{machine}"')
    if args[NO_WAIT] and not args[FORCE]:
        raise UsageError("--no-wait without --force not valid")
    model = model_of(args)
    found = client.call("snapshot", model=model)
    if not args[NO_PROMPT] or args[DRY_RUN]:
        # What cannot be removed is said before anybody is asked.
        wrong = [text for m in args.args if (text := _obstacle(found, m, args[FORCE]))]
        if wrong:
            return _failed(wrong)
        plan = "".join(_plan(found, machine) for machine in args.args)
        if args[DRY_RUN]:
            show(plan)
            return 0
        ask(client, model, plan, "machine removal")
    return _remove(client, args, model, found)


def _remove(client: Client, args: Parsed, model: str, found: Json) -> int:
    wrong: list[str] = []
    for machine in args.args:
        text = _refusal(client, model, machine, args[FORCE])
        if text:
            wrong.append(text)
        else:
            show(_plan(found, machine))
    return _failed(wrong)


def _refusal(client: Client, model: str, machine: str, force: bool) -> str:
    """Why it cannot be removed; nothing once it is."""
    try:
        client.call("remove_machine", model=model, machine=machine, force=force)
    except Refused as refused:
        return refused.message
    return ""


def _failed(messages: list[str]) -> int:
    for message in messages:
        error(f"removing machine failed: {message}")
    return 1 if messages else 0


def _obstacle(model: Json, machine: str, force: bool) -> str:
    if machine not in model["machines"]:
        return f'machine "{machine}" not found'
    used = [u["name"] for u in _units(model, machine)]
    return f'machine {machine} has unit "{used[0]}" assigned' if used and not force else ""


def _units(model: Json, machine: str) -> list[Json]:
    """The units on a machine and in its containers."""
    units = model["units"].values()
    return [u for u in units if f"{u['machine']}/".startswith(f"{machine}/")]


def _plan(model: Json, machine: str) -> str:
    units = [u["name"] for u in _units(model, machine)]
    storage = [s["id"] for s in model["storage"].values() if s["owner"] in units]
    lines = [f"will remove machine {machine}"]
    lines += [f"- will remove unit {name}" for name in units]
    lines += [f"- will remove storage {name}" for name in sorted(storage)]
    return "".join(f"{line}\n" for line in lines)
