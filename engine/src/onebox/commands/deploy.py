# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Deploys an application from a packed charm, or all of those in a bundle.

Examples:
    juju deploy ./charms/kafka/kafka_amd64.charm -n 3
    juju deploy ./kafka_amd64.charm events --config log-level=DEBUG --resource kafka=./kafka.tgz
    juju deploy ./bundles/dataops.yaml --overlay ./bundles/overlays/small.yaml --trust
    juju deploy ./bundles/dataops.yaml --dry-run
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onebox import persona
from onebox.commands import _artefact, _deploy_bundle
from onebox.commands._call import Call
from onebox.commands._unit_flags import ATTACH, TO, UNITS, placement, storage_flag
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import (
    UsageError,
    number,
    option,
    pairs,
    repeated,
    switch,
    takes,
)
from onebox.values import assignments, constraints

if TYPE_CHECKING:
    from onebox.model import Charm

BASE = option("base", help="The base on which to deploy")
CHANNEL = option("channel", help="Channel to use when deploying from Charmhub; ignored")
REVISION = number("revision", default=-1, help="The revision to deploy from Charmhub; ignored")
CONFIG = repeated("config", help="Either a path to yaml-formatted config file or a key=value pair")
CONSTRAINTS = repeated("constraints", help="Set application constraints")
RESOURCE = pairs(
    "resource",
    help="Resource to be uploaded to the controller",
    malformed="badly formatted name value pair: {}",
)
STORAGE = storage_flag("[<application>:]<store>=<directive>")
TRUST = switch("trust", help="Allows charm to run hooks that require access credentials")
OVERLAY = repeated("overlay", help="Bundles to overlay on the primary bundle, applied in order")
DRY_RUN = switch("dry-run", help="Just show what the deploy would do")
FORCE = switch("force", help="Allow a charm/bundle to be deployed which bypasses checks")
BIND = option("bind", help="Configure application endpoint bindings to spaces")
MAP_MACHINES = option("map-machines", help="Existing machines to use for bundle deployments")
DEVICE = repeated("device", help="Charm device constraints; ignored")

_CHARM_ONLY = (BIND, CONFIG, CONSTRAINTS, UNITS, BASE, TO, RESOURCE, ATTACH)
_BUNDLE_ONLY = (OVERLAY, MAP_MACHINES)
_NUMBERS = re.compile(r"-(\d+)$")

FLAGS = (
    *(*_CHARM_ONLY, *_BUNDLE_ONLY, STORAGE, DEVICE, REVISION),
    *(CHANNEL, TRUST, DRY_RUN, FORCE),
)
TAKES = takes("<charm or bundle> [<application name>]", "no charm or bundle specified", most=2)


def run(call: Call) -> None:
    """Deploy what the argument names."""
    given, *rest = call.words
    name = rest[0] if rest else ""
    if name:
        check_name(name)
    where = placement(call)
    default = call.snapshot()["config"].get("default-base", "")
    found = _artefact.find(given)
    _refuse_foreign(call, found.kind)
    if found.kind == "charm":
        _deploy_charm(call, found.path, name, call[BASE] or default, where)
        return
    if name:
        raise UsageError("application name does not go with a bundle")
    asked = _deploy_bundle.Asked(
        found.path,
        tuple(Path(overlay).expanduser() for overlay in call[OVERLAY]),
        machines=call[MAP_MACHINES],
        dry_run=call[DRY_RUN],
        trusted=call[TRUST] or call[FORCE],
        force=call[FORCE],
    )
    _deploy_bundle.run(call, asked)


def check_name(name: str) -> None:
    """Refuse a text that cannot name an application."""
    prefix = f'invalid application name "{name}"'
    if any(c.isupper() for c in name):
        raise UsageError(f"{prefix}, unexpected uppercase character")
    if found := _NUMBERS.search(name):
        text = f"unexpected number(s) found after last hyphen {found[1]!r}".replace("'", '"')
        raise UsageError(f"{prefix}, {text}")
    for character in name:
        if not re.match(r"[a-z0-9-]", character):
            raise UsageError(f"{prefix}, unexpected character {character}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(prefix)


def _refuse_foreign(call: Call, kind: str) -> None:
    foreign = _BUNDLE_ONLY if kind == "charm" else _CHARM_ONLY
    if given := call.args.names_of(foreign):
        listed = ", ".join(given)
        raise Refused(f"options provided but not supported when deploying a {kind}: {listed}")


def _deploy_charm(call: Call, path: Path, name: str, asked_base: str, where: list[str]) -> None:
    from onebox import charms

    charm = charms.read(path)
    application = name or charm.name
    if charm.subordinate and (call.given(UNITS) or call[TO]):
        raise Refused("cannot use --num-units or --to with subordinate application")
    base = charms.choose_base(charm.bases, asked_base, force=call[FORCE])
    request = _request(call, charm, application, base) | {"placement": where}
    bound = _bound(call[BIND])
    if call[DRY_RUN]:
        tell(f'Deploying "{application}" from local charm "{charm.name}" on {base}')
        return
    stored = call.ask("upload_charm", path=str(path))
    source = f'local charm "{charm.name}", revision {stored["revision"]}'
    tell(f"Located {source}")
    tell(f'Deploying "{application}" from {source} on {base}')
    _artefact.refuse_unmet(charm, application, force=call[FORCE])
    _refuse_unbindable(charm, application, bound)
    call.ask("deploy", charm_url=stored["url"], **request)


def _bound(text: str) -> list[str]:
    """The endpoints that `--bind` names; Refused for a space other than the one there is."""
    found: list[str] = []
    for word in text.split():
        endpoint, equals, space = word.rpartition("=")
        if space != persona.SPACE:
            raise Refused(f'space "{space}" not found', "not-found")
        found += [endpoint] if equals else []
    return found


def _refuse_unbindable(charm: Charm, application: str, endpoints: list[str]) -> None:
    known = {"", "juju-info", *charm.endpoints, *charm.extra_bindings}
    for endpoint in endpoints:
        if endpoint not in known:
            raise Refused(
                f'cannot deploy "{application}": creating application "{application}": creating '
                f'IAAS application "{application}": inserting IAAS application "{application}": '
                f'inserting exposed endpoints for application "{application}": checking charm '
                f'relation: charm relation(s) or extra binding "{endpoint}" not found',
                "not-found",
            )


def _request(call: Call, charm: Charm, application: str, base: str) -> dict[str, Any]:
    return {
        "application": application,
        "units": 0 if charm.subordinate else call[UNITS],
        "config": assignments(call[CONFIG], application),
        "constraints": _constraints(call),
        "trust": call[TRUST],
        "base": base,
        "resources": resource_paths(call[RESOURCE], charm),
        "storage": dict(call[STORAGE]),
        "attached": [*call[ATTACH]],
        "expose": False,
    }


def resource_paths(given: Any, charm: Charm) -> dict[str, str]:
    """The absolute path of each `--resource`; Refused for an unknown name or a missing file."""
    found: dict[str, str] = {}
    for name, text in given.items():
        if name not in charm.resources:
            raise Refused(f'unrecognized resource "{name}"', "not-found")
        path = Path(text).expanduser().absolute()
        if not path.is_file():
            missing = f"stat {text}: no such file or directory"
            raise Refused(f'file for resource "{name}": {missing}', "not-found")
        found[name] = str(path)
    return found


def _constraints(call: Call) -> str:
    """Those of all flags, once they are known to be some."""
    text = " ".join(call[CONSTRAINTS])
    constraints(text)
    return text
