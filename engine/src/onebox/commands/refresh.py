# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives an application another revision of its charm; each unit runs upgrade-charm.

Examples:
    juju refresh kafka --path ./charms/kafka/kafka_amd64.charm
    juju refresh kafka --path ./kafka_amd64.charm --force-units
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from onebox import persona
from onebox.commands import _artefact
from onebox.commands._call import Call
from onebox.commands._unit_flags import storage_flag
from onebox.commands.deploy import resource_paths
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import UsageError, number, option, pairs, repeated, switch, takes
from onebox.names import valid
from onebox.values import assignments

if TYPE_CHECKING:
    from onebox.model import Charm

ALIASES = ("upgrade-charm",)
PATH = option("path", help="Refresh to a charm located at path")
SWITCH = option("switch", help="Crossgrade to a different charm")
BASE = option("base", help="Select a different base than what is currently running; ignored")
CHANNEL = option("channel", help="Channel to use when getting the charm from Charmhub; ignored")
REVISION = number("revision", default=-1, help="Explicit revision of current charm; ignored")
CONFIG = repeated("config", help="Either a path to yaml-formatted config file or a key=value pair")
RESOURCE = pairs(
    "resource",
    help="Resource to be uploaded to the controller",
    malformed="badly formatted name value pair: {}",
)
STORAGE = storage_flag("<store>=<directive>")
TRUST = switch("trust", help="Allows charm to run hooks that require access credentials")
FORCE = switch("force", help="Allow a charm to be refreshed which bypasses checks")
FORCE_UNITS = switch("force-units", help="Refresh all units immediately, even if in error state")
FORCE_BASE = switch("force-base", help="Refresh even if the base is not supported; ignored")
BIND = option("bind", help="Configure application endpoint bindings to spaces; ignored")

_USED = (PATH, SWITCH, CONFIG, RESOURCE, TRUST, FORCE, FORCE_UNITS)
FLAGS = (*_USED, BASE, CHANNEL, REVISION, STORAGE, FORCE_BASE, BIND)
TAKES = takes("<application>", "no application specified", most=1)


def run(call: Call) -> None:
    """Upload the new charm and let the application have it."""
    name = call.words[0]
    if not valid("application", name):
        raise UsageError(f'invalid application name "{name}"')
    if call[SWITCH] and call[REVISION] != -1:
        raise UsageError("--switch and --revision are mutually exclusive")
    if call[PATH] and call[REVISION] != -1:
        raise UsageError("--path and --revision are mutually exclusive")
    if call[PATH] and call[SWITCH]:
        raise UsageError("--switch and --path are mutually exclusive")
    snapshot = call.snapshot()
    if name not in snapshot["applications"]:
        text = f'"{name}" deploy incomplete, please try refresh again in a little bit.'
        raise Refused(text, "not-found")
    given = call[PATH] or call[SWITCH]
    if not given:
        raise Refused("refreshing a local charm requires either --path or --switch")
    live = snapshot["charms"][snapshot["applications"][name]["charm_url"]]
    path = _charm_path(given)
    charm = _charm(call, path, live["name"])
    request = _request(call, charm, name)
    stored = call.ask("upload_charm", path=str(path))
    tell(f'Added local charm "{stored["name"]}", revision {stored["revision"]}, to the model')
    if charm.unmet and not call[FORCE]:
        raise Refused(charm.unmet)
    _tell_endpoints(charm, live)
    call.ask("refresh", application=name, charm_url=stored["url"], **request)


def _charm_path(given: str) -> Path:
    place = given if given.startswith((".", "/", "~")) else f"./{given}"
    if not Path(place).expanduser().exists():
        raise Refused(f'"{given}": file does not exist', "not-found")
    found = _artefact.find(place)
    if found.kind != "charm":
        raise Refused(f'invalid charm or bundle provided at "{given}"')
    return found.path


def _charm(call: Call, path: Path, live: str) -> Charm:
    from onebox import charms

    charm = charms.read(path)
    if charm.name != live and not call[SWITCH]:
        raise Refused(f'cannot refresh "{live}" to "{charm.name}"')
    return charm


def _tell_endpoints(charm: Charm, live: dict[str, Any]) -> None:
    """Which endpoints are new, and which stay where they are: in the one space there is."""
    before, after = {"juju-info", *live["endpoints"]}, {"juju-info", *charm.endpoints}
    for name in sorted(after - before):
        tell(f'adding endpoint "{name}" to default space "{persona.SPACE}"')
    kept = ", ".join(sorted(before & after))
    tell(f'no change to endpoints in space "{persona.SPACE}": {kept}')


def _request(call: Call, charm: Charm, name: str) -> dict[str, Any]:
    return {
        "config": assignments(call[CONFIG], name),
        "resources": resource_paths(call[RESOURCE], charm),
        "trust": True if call.given(TRUST) and call[TRUST] else None,
        "force": call[FORCE_UNITS],
    }
