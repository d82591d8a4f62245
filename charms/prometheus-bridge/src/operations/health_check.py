# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Whether Prometheus does its work: the process, its storage, its targets and its rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from api import Api
from bridge import Bridge
from dataops.operations import Check, Context, NoParams, checking, probe
from errors import BridgeError
from observed import Observed
from status import LEAST_FREE

_Context = Context[Observed, Bridge, NoParams]


def checks(context: _Context) -> Iterator[Check]:
    """Asks Prometheus itself, not our records of it."""
    observed, bridge = context.observed, context.workload
    api, app = bridge.api(observed.url, observed.user), observed.topology.application
    unit = observed.topology.unit
    yield probe("process", lambda: _process(observed, bridge), "see juju debug-log")
    yield probe(
        "storage",
        lambda: _storage(observed),
        f"make room, or juju config {app} retention-size=...",
    )
    yield probe("targets", lambda: _targets(api), f"juju run {unit} list-targets")
    yield probe("rules", lambda: _rules(api), f"see {observed.url}/rules")
    yield probe(
        "sources",
        lambda: _sources(observed, bridge),
        "correct it in the application that brings it",
    )


def _process(observed: Observed, bridge: Bridge) -> str:
    """It runs and answers."""
    condition = bridge.condition(observed.url, observed.data, observed.user)
    if not condition.ready:
        raise BridgeError(condition.failure or f"Prometheus does not answer at {observed.url}")
    return f"Prometheus {condition.version} answers at {observed.url}"


def _storage(observed: Observed) -> str:
    """There is room for samples."""
    if observed.data is None:
        raise BridgeError("no storage is attached")
    free = shutil.disk_usage(observed.data).free
    if free < LEAST_FREE:
        raise BridgeError(f"{free // 1024**2} MiB left at {observed.data}")
    return f"{free / 1024**3:.1f} GiB free at {observed.data}"


def _targets(api: Api) -> str:
    """Every target is scraped."""
    found = api.targets()
    down = [target for target in found if target["health"] != "up"]
    if down:
        names = ", ".join(f"{each['scrapeUrl']} ({each['lastError']})" for each in down[:3])
        raise BridgeError(f"{len(down)} of {len(found)} targets are not up: {names}")
    return f"{len(found)} targets, all up"


def _rules(api: Api) -> str:
    """Every rule can be evaluated."""
    found = api.rules()
    bad = [rule for rule in found if rule.get("health") == "err"]
    if bad:
        raise BridgeError(f"{bad[0]['name']}: {bad[0].get('lastError', 'evaluation fails')}")
    firing = sum(1 for rule in found if rule.get("state") == "firing")
    return f"{len(found)} rules evaluate, {firing} alerts fire"


def _sources(observed: Observed, bridge: Bridge) -> str:
    """Nothing of a related application was left out."""
    refusals = bridge.condition(observed.url, observed.data, observed.user).refusals
    if refusals:
        raise BridgeError("left out " + "; ".join(str(refusal) for refusal in refusals))
    return f"{len(observed.sources)} relations, everything they bring is in use"


VERB = checking("Looks at the process, its storage, its targets and its rules.", checks)
