# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Deploys a bundle: verifies it, then makes and prints one change after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onebox.client import Client
from onebox.console import show, tell
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
    dry_run: bool
    trusted: bool


def run(client: Client, model: str, asked: Asked) -> int:
    """Make the changes that are missing, or only print them."""
    from onebox import bundle

    wanted = bundle.read(asked.path, asked.overlays)
    charms = _verified(wanted)
    _refuse_untrusted(wanted, asked)
    changes = bundle.plan(wanted, charms, client.call("snapshot", model=model))
    if not changes:
        tell("No changes to apply.")
    elif asked.dry_run:
        show("Changes to deploy bundle:\n" + "".join(f"{c.line}\n" for c in changes))
    else:
        show("Executing changes:\n")
        _execute(client, model, changes)
        tell("Deploy of bundle completed.")
    return 0


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


def _execute(client: Client, model: str, changes: list[Change]) -> None:
    urls: dict[str, str] = {}
    for change in changes:
        show(change.line + "\n")
        parameters: dict[str, Any] = dict(change.parameters)
        if change.method == "upload_charm":
            stored = client.call("upload_charm", model=model, **parameters)
            urls[parameters["path"]] = stored["url"]
            continue
        if change.method == "deploy":
            parameters["charm_url"] = urls[parameters.pop("charm_path")]
        if change.method:
            # Access of users is only said: whoever may run this engine may do everything.
            client.call(change.method, model=model, **parameters)
