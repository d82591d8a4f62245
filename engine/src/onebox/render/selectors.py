# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps of a model what the selectors of `juju status` match."""

import fnmatch
import re
from collections.abc import Sequence

from onebox.render.document import Json

_PORTS = re.compile(r"(?P<low>\d+)(?:-(?P<high>\d+))?/(?P<protocol>\w+)")


def selected(model: Json, patterns: Sequence[str]) -> Json:
    """The model with only the matching units, their applications, machines and storage."""
    if not patterns:
        return model
    chosen = {key for key, m in model["machines"].items() if _machine_matches(key, m, patterns)}
    matching = {
        key
        for key, unit in model["units"].items()
        if unit["machine"] in chosen or _unit_matches(model, unit, patterns)
    }
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
    machines = chosen | {u["machine"] for u in units.values()}
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


def _machine_matches(key: str, machine: Json, patterns: Sequence[str]) -> bool:
    """By its number or that of the machine it is in, its address, or a network it is in."""
    return any(
        key == pattern or key.startswith(f"{pattern}/") or _is_at(machine["address"], pattern)
        for pattern in patterns
    )


def _is_at(address: str, pattern: str) -> bool:
    if not address or "/" not in pattern:
        return bool(address) and address == pattern
    import ipaddress

    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False


def _unit_matches(model: Json, unit: Json, patterns: Sequence[str]) -> bool:
    agent = unit["agent"]["current"]
    # A failed hook shows as the workload's error, see `render.status`.
    workload = "error" if agent == "error" else unit["workload"]["current"]
    words = {workload, "idle" if agent == "error" else agent}
    exposed = model["applications"][unit["application"]]["exposed"]
    if patterns[0] == "exposed" or [*patterns[:2]] == ["not", "exposed"]:
        words |= {"exposed"} if exposed is (patterns[0] == "exposed") else set[str]()
    return any(
        pattern in words
        or any(_overlap(port, pattern) for port in unit["ports"])
        or fnmatch.fnmatchcase(unit["name"], pattern)
        or fnmatch.fnmatchcase(unit["application"], pattern)
        for pattern in patterns
    )


def _overlap(port: str, pattern: str) -> bool:
    """Whether two ranges such as `8000-8010/tcp` have a port of one protocol in common."""
    ours, theirs = (_PORTS.fullmatch(text) for text in (port, pattern))
    if not ours or not theirs or ours["protocol"] != theirs["protocol"]:
        return port == pattern
    first, second = ((int(m["low"]), int(m["high"] or m["low"])) for m in (ours, theirs))
    return first[0] <= second[1] and second[0] <= first[1]
