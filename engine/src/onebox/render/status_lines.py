# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The status document in a line per unit, or as a count of everything."""

import itertools
from collections import Counter
from collections.abc import Iterable

from onebox.render.document import Json
from onebox.render.status import all_machines, unit_order
from onebox.render.status_table import all_units, merged


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
    ports = _ports(unit.get("open-ports", []))
    address = unit.get("public-address", "")
    return f"- {name}: {address} (agent:{agent}, workload:{workload}) {ports}".rstrip() + "\n"


def summary(document: Json) -> str:
    """Machines and units counted by state, applications, addresses and ports."""
    applications = document["applications"]
    units = all_units(applications)
    machines = all_machines(document["machines"]).values()
    states = Counter(m["juju-status"]["current"] for m in machines)
    workloads = Counter(u["workload-status"]["current"] for u in units.values())
    remote = document.get("application-endpoints", {})
    rows = [
        *_counted("# Machines:", states),
        *_counted("# Units:", workloads),
        ["# Applications:", f"({len(applications)})"],
        *([name, f"{int(a['exposed'])}/1", "exposed"] for name, a in applications.items()),
        [" "],
        ["# Remote:", f"({len(remote)})"],
        *([name, "", remote[name]["url"]] for name in sorted(remote)),
    ]
    return _places(list(machines), list(units.values())) + _to_the_right(rows)


def _places(machines: list[Json], units: list[Json]) -> str:
    networks: dict[str, str] = {}
    for machine in machines:
        address = machine.get("dns-name", "")
        networks.setdefault(address.partition(".")[0], f"{address}/8")
    where = ", ".join(networks.values())
    which = _ports({port for unit in units for port in unit.get("open-ports", [])})
    width = max(len(where), len(which)) + 2
    return f"Running on subnets:  {where:<{width}}\n Utilizing ports:    {which:<{width}}\n"


def _ports(ports: Iterable[str]) -> str:
    return " ".join(numbers + protocol for numbers, protocol in merged([*ports]))


def _counted(title: str, counts: Counter[str]) -> list[list[str]]:
    rows = [[f"{state}:", f" {counts[state]} "] for state in sorted(counts)]
    return [[title, f"({sum(counts.values())})"], *rows, [" "]]


def _to_the_right(rows: list[list[str]]) -> str:
    """Cells two apart and flush right: a column is as wide as its cells in one block of rows."""
    columns = max(map(len, rows))
    shown = [""] * len(rows)
    for column in range(columns):
        blocks = itertools.groupby(range(len(rows)), key=lambda i, c=column: len(rows[i]) > c)
        for _, block in (b for b in blocks if b[0]):
            numbers = [*block]
            width = max(len(rows[i][column]) for i in numbers) + 2
            for i in numbers:
                shown[i] += rows[i][column].rjust(width)
    return "".join(f"{line}\n" for line in shown)
