# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What removing units, applications and machines shares: saying what goes, and asking first."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onebox import console
from onebox.client import Client
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, read_bool, switch
from onebox.focus import MODEL, model_of
from onebox.names import valid

Json = dict[str, Any]

FORCE = switch("force", help="Completely remove it and all that depends on it")
NO_WAIT = switch("no-wait", help="Rush through removal without waiting for each step")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
DRY_RUN = switch("dry-run", help="Print what this command would remove without removing")
DESTROY = switch("destroy-storage", help="Destroy the storage that is attached")
FLAGS = (FORCE, NO_WAIT, NO_PROMPT, DRY_RUN, MODEL)

_SKIP = "JUJU_SKIP_CONFIRMATION"


@dataclass(frozen=True)
class Kind:
    """What is removed.

    Attributes:
        noun: `unit`, `application` or `machine`.
        invalid: the error of a name that cannot be one; `{}` is the name.
        failed: what stands before the reason when it cannot be removed; `{}` is the name.
        there: the names that there are, from the model.
        lines: what goes with it, from the model and its name.
        remark: what is said below the plan, from the model and the names.
    """

    noun: str
    invalid: str
    failed: str
    there: Callable[[Json], Json]
    lines: Callable[[Json, str], str]
    remark: Callable[[Json, tuple[str, ...]], str] = lambda model, names: ""


def remove(client: Client, args: Parsed, kind: Kind, **more: Any) -> int:
    """Say what goes and remove it; one that cannot be does not spare the others."""
    _check(args, kind)
    where = model_of(args)
    model = client.call("snapshot", model=where)
    asks = not args[DRY_RUN] and not args[NO_PROMPT] and _asks(client, where)
    if asks or args[DRY_RUN]:
        missing = {n: _unknown(kind, n) for n in args.args if n not in kind.there(model)}
        if missing:
            return _failures(kind, missing)
        _plan(kind, model, args)
    if args[DRY_RUN]:
        return 0
    if asks:
        console.confirm(f"{kind.noun} removal")

    def reason(name: str) -> str:
        """Why it cannot be removed; nothing once it is."""
        if name not in kind.there(model):
            return _unknown(kind, name)
        request = {kind.noun: name, "force": args[FORCE], **more}
        try:
            client.call(f"remove_{kind.noun}", model=where, **request)
        except Refused as error:
            return error.message
        console.show("" if asks else kind.lines(model, name))
        return ""

    reasons = {name: reason(name) for name in args.args}
    return _failures(kind, {name: text for name, text in reasons.items() if text})


def _check(args: Parsed, kind: Kind) -> None:
    for name in args.args:
        if not valid(kind.noun, name):
            raise UsageError(kind.invalid.format(name))
    if args[NO_WAIT] and not args[FORCE]:
        raise UsageError("--no-wait without --force not valid")


def storage_lines(model: Json, units: list[str]) -> str:
    """`- will remove storage data/0` for all that units have."""
    ids = sorted(s["id"] for s in model["storage"].values() if s["owner"] in units)
    return "".join(f"- will remove storage {id_}\n" for id_ in ids)


def _unknown(kind: Kind, name: str) -> str:
    return f'{kind.noun} "{name}" not found'


def _plan(kind: Kind, model: Json, args: Parsed) -> None:
    console.warn("This command will perform the following actions:")
    console.show("".join(kind.lines(model, name) for name in args.args))
    if remark := kind.remark(model, args.args):
        console.tell(remark)


def _failures(kind: Kind, failed: dict[str, str]) -> int:
    for name, reason in failed.items():
        console.error(f"{kind.failed.format(name)}: {reason}")
    return 1 if failed else 0


def _asks(client: Client, model: str) -> bool:
    """Whether the model's `mode` wants a yes first, and the environment does not forbid it."""
    if text := os.environ.get(_SKIP):
        try:
            return not read_bool(text)
        except ValueError:
            wrong = f'value "{text}" of env var "{_SKIP}" is not a valid bool'
            raise UsageError(wrong) from None
    config = client.call("model_config", model=model)
    mode = config["values"].get("mode", config["defaults"].get("mode", ""))
    return "requires-prompts" in str(mode)
