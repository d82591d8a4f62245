# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps of a model what the selectors of `juju status` match."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


def selected(model: Json, patterns: Sequence[str]) -> Json:
    """The model with only the matching units, their applications, machines and storage."""
    if not patterns:
        return model
    matching = {k for k, u in model["units"].items() if _unit_matches(model, u, patterns)}
    # A principal is shown with its subordinates, and these below it.
    above = {u["principal"] for k, u in model["units"].items() if k in matching}
    units = {
        k: u
        for k, u in model["units"].items()
        if k in matching | above or u["principal"] in matching
    }
    applications = {u["application"] for u in units.values()}
    applications |= {
        name
        for name in model["applications"]
        if any(fnmatch.fnmatchcase(name, p) for p in patterns)
    }
    machines = {u["machine"] for u in units.values()}
    machines |= {key for key in model["machines"] if key in patterns}
    # Containers are shown inside their machines.
    machines |= {key.partition("/")[0] for key in machines}
    return {
        **model,
        "units": units,
        "applications": _only(model["applications"], applications),
        "machines": _only(model["machines"], machines),
        "storage": {k: s for k, s in model["storage"].items() if s["owner"] in units},
        "remotes": {
            name: remote
            for name, remote in model["remotes"].items()
            if any(fnmatch.fnmatchcase(name, p) for p in patterns)
        },
        "offers": {k: o for k, o in model["offers"].items() if o["application"] in applications},
        "relations": {
            key: relation
            for key, relation in model["relations"].items()
            if any(e["application"] in applications for e in relation["endpoints"])
        },
    }


def _only(found: Json, wanted: set[str]) -> Json:
    return {key: value for key, value in found.items() if key in wanted}


def _unit_matches(model: Json, unit: Json, patterns: Sequence[str]) -> bool:
    agent = unit["agent"]["current"]
    # A failed hook shows as the workload's error, see `render.status`.
    workload = "error" if agent == "error" else unit["workload"]["current"]
    words = {workload, "idle" if agent == "error" else agent, unit["machine"], *unit["ports"]}
    words |= {port.partition("/")[0] for port in unit["ports"]}
    if model["applications"][unit["application"]]["exposed"]:
        words.add("exposed")
    return any(
        pattern in words
        or fnmatch.fnmatchcase(unit["name"], pattern)
        or fnmatch.fnmatchcase(unit["application"], pattern)
        for pattern in patterns
    )
