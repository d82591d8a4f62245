# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What removing units, applications and machines shares: saying what goes, and asking first."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onebox import console, persona
from onebox.commands._call import Call, Json
from onebox.errors import Refused
from onebox.flags import UsageError, read_bool, switch
from onebox.names import valid

FORCE = switch("force", help="Completely remove it and all that depends on it")
NO_WAIT = switch("no-wait", help="Rush through removal without waiting for each step")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
DRY_RUN = switch("dry-run", help="Print what this command would remove without removing")
DESTROY = switch("destroy-storage", help="Destroy the storage that is attached")
FLAGS = (FORCE, NO_WAIT, NO_PROMPT, DRY_RUN)

_SKIP = "JUJU_SKIP_CONFIRMATION"


@dataclass(frozen=True)
class Kind:
    """What is removed.

    Attributes:
        noun: `unit`, `application` or `machine`.
        invalid: the error of a name that cannot be one; `{}` is the name.
        failed: what stands before the reason when it cannot be removed; `{}` is the name.
        lines: what goes with it, from the model, its name, and whether storage is destroyed.
        remark: what is said below the plan, from the model and the names.
    """

    noun: str
    invalid: str
    failed: str
    lines: Callable[[Json, str, bool], str]
    remark: Callable[[Json, tuple[str, ...]], str] = lambda model, names: ""

    def check(self, model: Json, name: str) -> None:
        """Refuse what is not there, in the words that Juju has for each."""
        if name in model[f"{self.noun}s"]:
            return
        text = f'{self.noun} "{name}" not found'
        if self.noun == "machine":
            where = f'getting machine UUID: getting UUID for machine "{name}"'
            text = f'{where}: machine "{name}": machine not found'
        elif self.noun == "unit" and name.partition("/")[0] not in model["applications"]:
            text = f"application {name.partition('/')[0]} not found"
        raise Refused(text, "not-found")


def remove(call: Call, kind: Kind, **more: Any) -> int:
    """Say what goes and remove it; one that cannot be does not spare the others."""
    _check(call, kind)
    destroys = more.get("destroy_storage", False)
    model = call.snapshot()
    asks = not call[DRY_RUN] and not call[NO_PROMPT] and _asks(call)
    if asks or call[DRY_RUN]:
        if not _each(call, kind, lambda name: kind.check(model, name)):
            return 1
        _plan(kind, model, call, destroys)
    if call[DRY_RUN]:
        return 0
    if asks:
        console.confirm(f"{kind.noun} removal")

    def go(name: str) -> None:
        kind.check(model, name)
        request = {kind.noun: name, "force": call[FORCE], **more}
        call.ask(f"remove_{kind.noun}", **request)
        console.show("" if asks else kind.lines(model, name, destroys))

    return 0 if _each(call, kind, go) else 1


def _each(call: Call, kind: Kind, do: Callable[[str], object]) -> bool:
    """Whether it can be done with each name; says at the end why not."""
    failed: dict[str, str] = {}
    for name in call.words:
        try:
            do(name)
        except Refused as error:  # noqa: PERF203 - one refusal does not spare the others
            failed[name] = error.message
    for name, reason in failed.items():
        console.error(f"{kind.failed.format(name)}: {reason}")
    return not failed


def _check(call: Call, kind: Kind) -> None:
    for name in call.words:
        if not valid(kind.noun, name):
            raise UsageError(kind.invalid.format(name))
    if call[NO_WAIT] and not call[FORCE]:
        raise UsageError("--no-wait without --force not valid")


def storage_lines(model: Json, units: list[str], destroy: bool = False) -> str:
    """`- will remove storage data/0` for all that units have, or `detach` where it stays."""
    own = {s["id"]: s for s in model["storage"].values() if s["owner"] in units}
    stays = {id_ for id_, s in own.items() if not destroy and persona.detachable(s["pool"])}
    removed = [f"- will remove storage {id_}\n" for id_ in sorted(own.keys() - stays)]
    return "".join(removed + [f"- will detach storage {id_}\n" for id_ in sorted(stays)])


def _plan(kind: Kind, model: Json, call: Call, destroys: bool) -> None:
    console.warn("This command will perform the following actions:")
    console.show("".join(kind.lines(model, name, destroys) for name in call.words))
    if remark := kind.remark(model, call.words):
        console.tell(remark)


def _asks(call: Call) -> bool:
    """Whether the model's `mode` wants a yes first, and the environment does not forbid it."""
    if text := os.environ.get(_SKIP):
        try:
            return not read_bool(text)
        except ValueError:
            wrong = f'value "{text}" of env var "{_SKIP}" is not a valid bool'
            raise UsageError(wrong) from None
    config = call.ask("model_config")
    mode = config["values"].get("mode", config["defaults"].get("mode", ""))
    return "requires-prompts" in str(mode)
