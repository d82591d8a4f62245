# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-application`."""

from __future__ import annotations

from onebox import console
from onebox.client import Client
from onebox.commands._removal import application_lines, ask
from onebox.console import show
from onebox.errors import Refused
from onebox.flags import Parsed, switch, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-application [options] <application> [<application>...]

Removes applications with their units and relations; every unit runs its last hooks first.

    juju remove-application data-access
    juju remove-application kafka --destroy-storage --no-prompt
"""

FORCE = switch("force", help="Completely remove an application even when hooks fail")
NO_WAIT = switch("no-wait", help="Rush through application removal without waiting")
DESTROY = switch("destroy-storage", help="Destroy storage attached to application units")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
DRY_RUN = switch("dry-run", help="Print what this command would remove without removing")

FLAGS = (FORCE, NO_WAIT, DESTROY, NO_PROMPT, DRY_RUN, MODEL)
TAKES = takes("no application specified")


def run(client: Client, args: Parsed) -> int:
    """Say what goes and remove it; one that is not there does not spare the others."""
    name = model_of(args)
    model = client.call("snapshot", model=name)
    known = [a for a in args.args if a in model["applications"]]
    if known and not args[NO_PROMPT] and not args[DRY_RUN]:
        text = "".join(application_lines(model, a) for a in known)
        ask(client, name, text, "application removal")
    failures = [
        f'removing application {a} failed: application "{a}" not found'
        for a in args.args
        if a not in known
    ]
    for application in known:
        show(application_lines(model, application))
        try:
            if not args[DRY_RUN]:
                _remove(client, args, name, application)
        except Refused as error:
            failures.append(f"removing application {application} failed: {error.message}")
    return _report(failures)


def _remove(client: Client, args: Parsed, model: str, application: str) -> None:
    client.call(
        "remove_application",
        model=model,
        application=application,
        destroy_storage=args[DESTROY],
        force=args[FORCE] or args[NO_WAIT],
    )


def _report(failures: list[str]) -> int:
    for text in failures[:-1]:
        console.error(text)
    if failures:
        raise Refused(failures[-1])
    return 0
