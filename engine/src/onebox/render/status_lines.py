# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The status document in a line per unit, or as a count of everything."""

from __future__ import annotations

from collections import Counter
from typing import Any

from onebox.render.status import all_machines, port_order, unit_order
from onebox.render.status_table import all_units

Json = dict[str, Any]

_NARROWEST = len("# Applications:")


def lines(document: Json) -> str:
    """`- app/0: 127.0.1.1 (agent:idle, workload:active) 80/tcp` for each unit."""
    units = _units(document)
    return "".join(_lines(name, units[name]) for name in sorted(units, key=unit_order))


def _lines(name: str, unit: Json, indent: str = "") -> str:
    """The unit's own line, those of its subordinates below."""
    below = unit.get("subordinates", {})
    return indent + _line(name, unit) + "".join(_lines(k, below[k], "  ") for k in sorted(below))


def _units(document: Json) -> Json:
    applications = document["applications"].values()
    return {name: unit for a in applications for name, unit in a.get("units", {}).items()}


def _line(name: str, unit: Json) -> str:
    agent, workload = unit["juju-status"]["current"], unit["workload-status"]["current"]
    ports = " ".join(unit.get("open-ports", []))
    address = unit.get("public-address", "")
    return f"- {name}: {address} (agent:{agent}, workload:{workload}) {ports}".rstrip() + "\n"


def summary(document: Json) -> str:
    """Machines and units counted by state, applications, addresses and ports."""
    applications = document["applications"]
    units = all_units(applications)
    machines = all_machines(document["machines"]).values()
    width = max([_NARROWEST, *map(len, applications)]) + 2
    blank = " " * width + "\n"
    states = Counter(m["juju-status"]["current"] for m in machines)
    workloads = Counter(u["workload-status"]["current"] for u in units.values())
    listed = "".join(
        f"{name:>{width}}  {int(a['exposed'])}/1  exposed\n" for name, a in applications.items()
    )
    return (
        _places(list(machines), list(units.values()))
        + _counted("# Machines:", states, width)
        + blank
        + _counted("# Units:", workloads, width)
        + blank
        + f"{'# Applications:':>{width}}  ({len(applications)})\n"
        + listed
        + blank
        + f"{'# Remote:':>{width}}  (0)\n"
    )


def _places(machines: list[Json], units: list[Json]) -> str:
    networks: dict[str, str] = {}
    for machine in machines:
        address = machine.get("dns-name", "")
        networks.setdefault(address.partition(".")[0], f"{address}/8")
    ports = {port for unit in units for port in unit.get("open-ports", [])}
    where = ", ".join(networks.values())
    which = ", ".join(sorted(ports, key=port_order))
    width = max(len(where), len(which)) + 2
    return f"Running on subnets:  {where:<{width}}\n Utilizing ports:    {which:<{width}}\n"


def _counted(title: str, counts: Counter[str], width: int) -> str:
    rows = "".join(f"{state + ':':>{width}}  {counts[state]:>2} \n" for state in sorted(counts))
    return f"{title:>{width}}  ({sum(counts.values())})\n{rows}"
