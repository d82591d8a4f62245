# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Ends every unit of the model, runs its last hooks, and forgets it with all its data.

Examples:
    juju destroy-model dataops
    juju destroy-model dataops --no-prompt --force
"""

import sys
import time

from onebox import focus, persona
from onebox.commands._call import Call, Json
from onebox.console import tell, warn
from onebox.errors import Refused
from onebox.flags import UsageError, duration, switch, takes
from onebox.focus import CONTROLLER

NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
FORCE = switch("force", help="Do not wait for hooks that fail")
NO_WAIT = switch("no-wait", help="Rush through the destruction without waiting for each step")
DESTROY = switch("destroy-storage", help="Destroy all storage instances in the model")
RELEASE = switch("release-storage", help="Release all storage instances from the model")
TIMEOUT = duration("t", "timeout", default=-1.0, help="Give up waiting after this long")

_PAUSE = 0.25
_DOT_EVERY = 8

OF_A_MODEL = False
FLAGS = (NO_PROMPT, FORCE, NO_WAIT, DESTROY, RELEASE, TIMEOUT, CONTROLLER)
TAKES = takes("[<controller name>:]<model name>", "no model specified", most=1)


def run(call: Call) -> None:
    """Start the destruction and wait until the model is gone."""
    _check(call)
    name = focus.bare(call.words[0])
    model = call.client.call("snapshot", model=name)
    if not call[DESTROY] and not call[RELEASE]:
        _refuse_to_lose(name, model)
    if not call[NO_PROMPT]:
        _confirm(name, model, released=call[RELEASE])
    tell("Destroying model")
    call.client.call("destroy_model", model=name, force=call[FORCE])
    _wait(call, name, call[TIMEOUT])
    tell("Model destroyed.")
    if focus.current() == name:
        focus.focus_on("")


def _check(call: Call) -> None:
    if call[DESTROY] and call[RELEASE]:
        raise UsageError("--destroy-storage and --release-storage cannot both be specified")
    if call.given(TIMEOUT) and call[TIMEOUT] < 0:
        raise UsageError("--timeout must be zero or greater")
    if call.given(TIMEOUT) and not call[FORCE]:
        raise UsageError("--timeout can only be used with --force (dangerous)")
    if call[NO_WAIT] and not call[FORCE]:
        raise Refused("--no-wait without --force not valid")


def _refuse_to_lose(name: str, model: Json) -> None:
    """Refuse the end of storage that outlives its units, unless that is asked for."""
    kept = [s for s in model["storage"].values() if persona.detachable(s["pool"])]
    if kept:
        raise Refused(
            f'cannot destroy model "{name}"\n\n'
            f"The model has persistent storage remaining:\n    {len(kept)} filesystem(s)\n\n"
            "To destroy the storage, run the destroy-model\n"
            'command again with the "--destroy-storage" option.\n\n'
            "To release the storage from Juju's management\n"
            'without destroying it, use the "--release-storage"\n'
            "option instead. The storage can then be imported\ninto another Juju model.\n"
        )


def _confirm(name: str, model: Json, *, released: bool) -> None:
    warn(
        f'This command will destroy the "{name}" model and affect the following resources. '
        "It cannot be stopped."
    )
    tell()
    if model["machines"]:
        tell(f" - {_counted(model['machines'], 'machine')} will be destroyed")
        tell("  - machine list:" + _listed(model["machines"]))
    tell(f" - {_counted(model['applications'], 'application')} will be removed")
    if model["applications"]:
        tell("  - application list:" + _listed(model["applications"]))
    end = "released" if released else "destroyed"
    tell(f" - {_counted(model['storage'], 'filesystem')} and 0 volume will be {end}")
    tell("\nTo continue, enter the name of the model to be unregistered: ", end="")
    if sys.stdin.readline().strip().lower() != name:
        raise Refused("model destruction: aborted")


def _counted(found: Json, noun: str) -> str:
    return f"{len(found)} {noun}{'s' if len(found) > 1 else ''}"


def _listed(found: Json) -> str:
    return "".join(f' "{key}"' for key in sorted(found))


def _wait(call: Call, name: str, timeout: float) -> None:
    """Wait with a line for each number of applications left, and a dot now and then."""
    deadline = time.monotonic() + timeout if timeout > 0 else float("inf")
    shown, turn = "", 0
    while name in {model["name"] for model in call.client.call("models")}:
        line = _left(call, name)
        if line != shown:
            tell(f"\n{line}...", end="")
            shown = line
        elif turn % _DOT_EVERY == 0:
            tell(".", end="")
        if time.monotonic() > deadline:
            tell()
            raise Refused(f"timeout while waiting for model {name} to be destroyed")
        time.sleep(_PAUSE)
        turn += 1
    tell()


def _left(call: Call, name: str) -> str:
    try:
        model = call.client.call("snapshot", model=name)
    except Refused:
        return "Waiting for model to be removed"
    applications = len(model["applications"])
    left = f", {applications} application(s)" if applications else ""
    return f"Waiting for model to be removed{left}"
