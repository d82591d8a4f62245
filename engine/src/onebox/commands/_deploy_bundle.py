# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Deploys a bundle: verifies it, then makes and prints one change after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onebox.commands import _artefact
from onebox.commands._call import Call
from onebox.console import show, tell, warn
from onebox.errors import Refused

if TYPE_CHECKING:
    from onebox.bundle import Bundle, Change
    from onebox.model import Charm

_UNTRUSTED = (
    "Bundle cannot be deployed without trusting applications with your cloud credentials.\n"
    "Please repeat the deploy command with the --trust argument if you consent to trust the "
    "following application(s):\n"
)


@dataclass(frozen=True)
class Asked:
    """What the command line says about a bundle."""

    path: Path
    overlays: tuple[Path, ...]
    machines: str
    dry_run: bool
    trusted: bool
    force: bool


def run(call: Call, asked: Asked) -> None:
    """Make the changes that are missing, or only print them."""
    from onebox import bundle

    wanted = _read(asked)
    charms = _verified(wanted)
    _refuse_untrusted(wanted, asked)
    found = call.snapshot()
    machines = bundle.asked_machines(asked.machines, found)
    changes = bundle.plan(wanted, charms, found, machines)
    if not changes:
        tell("No changes to apply.")
    elif asked.dry_run:
        show("Changes to deploy bundle:\n" + "".join(f"{c.line}\n" for c in changes))
    else:
        show("Executing changes:\n")
        _Making(call, charms, asked.force).make(changes)
        tell("Deploy of bundle completed.")


def _read(asked: Asked) -> Bundle:
    """The bundle, with what Juju warns of said."""
    from onebox import bundle

    try:
        found = bundle.read(asked.path, asked.overlays)
        for text in bundle.warnings(asked.path, asked.overlays, fields=asked.dry_run):
            warn(text)
    except Refused as error:
        raise Refused(f"cannot deploy bundle: {error.message}", error.code) from None
    return found


def _verified(wanted: Bundle) -> dict[str, Charm]:
    """The charm of every application; Refused with every error there is."""
    from onebox import bundle, charms

    found: dict[str, Charm] = {}
    read: dict[str, Charm] = {}
    errors: list[str] = []
    for name, spec in wanted.applications.items():
        path = Path(spec.charm) if spec and spec.charm else None
        if path is None or not path.is_file():
            continue
        try:
            found[name] = read.setdefault(str(path), read.get(str(path)) or charms.read(path))
        except Refused as error:
            errors.append(f'cannot read charm of application "{name}": {error.message}')
    errors = bundle.verify(wanted, found) + errors
    if errors:
        listed = "\n".join(errors)
        raise Refused(
            "cannot deploy bundle: the provided bundle has the following errors:\n" + listed
        )
    return found


def _refuse_untrusted(wanted: Bundle, asked: Asked) -> None:
    trusting = [name for name, spec in wanted.applications.items() if spec and spec.trust]
    if trusting and not asked.trusted:
        raise Refused(_UNTRUSTED + "\n".join(f"  - {name}" for name in trusting))


class _Making:
    """Makes changes one after the other, and prints each before it is made."""

    def __init__(self, call: Call, charms: dict[str, Charm], force: bool) -> None:
        self._call = call
        self._charms = charms
        self._force = force
        self._urls: dict[str, str] = {}
        self._machines: dict[str, str] = {}

    def make(self, changes: list[Change]) -> None:
        for change in changes:
            show(change.line + "\n")
            parameters = _with_real_machines(change.parameters, self._machines)
            if change.method == "upload_charm":
                stored = self._call.ask(change.method, **parameters)
                self._urls[parameters["path"]] = stored["url"]
            elif change.method == "deploy":
                self._deploy(parameters)
            elif change.method:
                # Access of users is only said: who may run this engine may do everything.
                answer = self._call.ask(change.method, **parameters)
                if change.machine:
                    made = answer if isinstance(answer, str) else answer[0]
                    self._machines[change.machine] = made

    def _deploy(self, parameters: dict[str, Any]) -> None:
        from onebox.charms import choose_base

        charm = self._charms[parameters["application"]]
        choose_base(charm.bases, parameters["base"], force=self._force)
        _artefact.refuse_unmet(charm, parameters["application"], force=self._force)
        parameters["charm_url"] = self._urls[parameters.pop("charm_path")]
        self._call.ask("deploy", **parameters)
        for name in sorted(charm.resources):
            tell(f"  added resource {name}")


def _with_real_machines(parameters: dict[str, Any], machines: dict[str, str]) -> dict[str, Any]:
    """The parameters with each machine by its own number, not by that which the plan gave it."""

    def real(directive: str) -> str:
        kind, colon, machine = directive.rpartition(":")
        return f"{kind}{colon}{machines.get(machine, machine)}"

    found = dict(parameters)
    if isinstance(found.get("placement"), str):
        found["placement"] = real(found["placement"])
    elif "placement" in found:
        found["placement"] = [real(directive) for directive in found["placement"]]
    if "machine" in found:
        found["machine"] = machines.get(found["machine"], found["machine"])
    return found
