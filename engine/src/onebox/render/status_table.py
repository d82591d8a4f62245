# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The status document as the tables people read."""

import re
from collections.abc import Sequence

from onebox.render.document import Json
from onebox.render.offers import offers_section, saas_section
from onebox.render.status import all_machines, unit_order
from onebox.render.storage import storage_table
from onebox.render.table import (
    BRIGHT_MAGENTA,
    CYAN,
    GREY,
    MAGENTA,
    Cell,
    Span,
    painted,
    status_cell,
    table,
)

_HOOKS = frozenset(
    [
        *("install", "start", "stop", "remove", "update-status"),
        *("config-changed", "leader-elected", "upgrade-charm"),
    ]
)
_RUNNING_HOOK = re.compile(r"running (\S+) hook$")
_RUNNING_ACTION = re.compile(r"running action (\S+)")
_LONGEST_MESSAGE = 120
_LONGEST_VERSION = 15


def tabular(
    document: Json, pairs: Sequence[Json] = (), *, storage: bool = False, colour: bool = False
) -> str:
    """The sections that have something to show, a blank line between them.

    Args:
        document: what `render.status.document` made.
        pairs: the rows of the relation table, see `integrations`; none leaves it out.
        storage: with the storage table.
        colour: with ANSI colours.
    """
    sections = [_model(document["model"], document["controller"]["timestamp"], colour)]
    if "application-endpoints" in document:
        sections.append(saas_section(document["application-endpoints"], colour))
    if document["applications"]:
        sections.append(_applications(document["applications"], colour))
    units = {
        k: u for a in document["applications"].values() for k, u in a.get("units", {}).items()
    }
    if units:
        sections.append(_units(units, colour))
    if document["machines"]:
        sections.append(machines(document["machines"], colour))
    if "offers" in document:
        offers = offers_section(document["offers"], document["applications"], colour)
        sections.append(offers)
    if pairs:
        sections.append(_relations(pairs, colour))
    if storage and document["storage"]:
        sections.append(storage_table(document["storage"], mounts=True, colour=colour))
    return "\n".join(sections)


def _model(model: Json, timestamp: str, colour: bool) -> str:
    header = ["Model", "Controller", "Cloud/Region", "Version", "Timestamp"]
    place = f"{model['cloud']}/{model['region']}"
    row = [model["name"], model["controller"], place, model["version"], timestamp]
    if "message" in model["model-status"]:
        header.append("Notes")
        row.append(model["model-status"]["message"])
    return table(header, [row], colour=colour)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _applications(applications: Json, colour: bool) -> str:
    header = ["App", "Version", "Status", "Scale", "Charm", "Channel", "Rev", "Exposed", "Message"]
    every = all_units(applications)
    rows = [_application(name, applications[name], every) for name in applications]
    return table(header, rows, right=(3, 6), colour=colour)


def _application(name: str, application: Json, units: Json) -> list[Cell]:
    status = application["application-status"]
    message = _cut(status.get("message", ""), _LONGEST_MESSAGE)
    return [
        name,
        _cut(application.get("version", ""), _LONGEST_VERSION),
        status_cell(status["current"]),
        _scale([u for key, u in units.items() if key.rpartition("/")[0] == name]),
        application["charm-name"],
        application.get("charm-channel", ""),
        str(application["charm-rev"]),
        "yes" if application["exposed"] else "no",
        painted(message, GREY),
    ]


def all_units(applications: Json) -> Json:
    """Every unit of a status document by name, subordinates among them."""
    found: Json = {}
    for application in applications.values():
        for name, unit in application.get("units", {}).items():
            found |= {name: unit, **unit.get("subordinates", {})}
    return found


def _scale(units: list[Json]) -> Cell:
    working = [u for u in units if u["juju-status"]["current"] in ("idle", "executing", "running")]
    if len(working) == len(units):
        return str(len(units))
    return painted(f"{len(working)}/{len(units)}", "33")


def _units(units: Json, colour: bool) -> str:
    header = ["Unit", "Workload", "Agent", "Machine", "Public address", "Ports", "Message"]
    rows: list[list[Cell]] = []
    for name in sorted(units, key=unit_order):
        rows.append(_unit(name, units[name]))
        below = units[name].get("subordinates", {})
        rows += [_unit(f"  {key}", below[key]) for key in sorted(below, key=unit_order)]
    return table(header, rows, colour=colour)


def _unit(name: str, unit: Json) -> list[Cell]:
    agent, workload = unit["juju-status"], unit["workload-status"]
    message = _doing(agent) + workload.get("message", "")
    return [
        name + ("*" if unit.get("leader") else ""),
        status_cell(workload["current"]),
        status_cell(agent["current"]),
        unit.get("machine", ""),
        painted(unit.get("public-address", ""), CYAN),
        _ports(unit.get("open-ports", [])),
        painted(message, GREY),
    ]


def _doing(agent: Json) -> str:
    """`(install) ` while that hook or action runs; relation and storage hooks show nothing."""
    if agent["current"] != "executing":
        return ""
    message = agent.get("message", "")
    if (hook := _RUNNING_HOOK.search(message)) and hook[1] in _HOOKS:
        return f"({hook[1]}) "
    action = _RUNNING_ACTION.search(message)
    return f"({action[1]}) " if action else ""


def merged(ports: list[str]) -> list[tuple[str, str]]:
    """Ports by protocol, `("80,443", "/tcp")`: numbers that follow one another as `80-82`.

    As in Juju, which looks at the ports in the order of their texts: 10 does not follow 9.
    """
    grouped: dict[str, dict[str, list[str]]] = {}
    for port in sorted(ports):
        number, slash, protocol = port.rpartition("/")
        runs = grouped.setdefault(slash + protocol, {})
        before = str(int(number) - 1) if number.isdecimal() else ""
        run = next((run for run in runs.values() if before and before == run[-1]), None)
        if run:
            run.append(number)
        else:
            runs[number] = [number]
    return [
        (
            ",".join(_run(runs[first]) for first in sorted(runs, key=lambda n: (len(n), n))),
            protocol,
        )
        for protocol, runs in sorted(grouped.items())
    ]


def _run(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


def _ports(ports: list[str]) -> Cell:
    """`80,443/tcp 53/udp`: numbers of one protocol together."""
    spans: list[Span] = []
    for numbers, protocol in merged(ports):
        spans += [(" ", "")] if spans else []
        spans += [(numbers, BRIGHT_MAGENTA), (protocol, "")]
    return tuple(spans) or ""


def machines(found: Json, colour: bool = False) -> str:
    """The table of `juju machines`."""
    header = ["Machine", "State", "Address", "Inst id", "Base", "AZ", "Message"]
    rows = [_machine(key, machine) for key, machine in all_machines(found).items()]
    return table(header, rows, colour=colour)


def _machine(key: str, machine: Json) -> list[Cell]:
    base = machine["base"]
    zone = re.search(r"availability-zone=(\S+)", machine.get("hardware", ""))
    return [
        key,
        status_cell(machine["juju-status"]["current"]),
        painted(machine.get("dns-name", ""), CYAN),
        machine.get("instance-id", ""),
        f"{base['name']}@{base['channel']}",
        zone[1] if zone else "",
        painted(machine["machine-status"].get("message", ""), GREY),
    ]


def _relations(pairs: Sequence[Json], colour: bool) -> str:
    header = ["Integration provider", "Requirer", "Interface", "Type", "Message"]
    rows: list[list[Cell]] = [
        [
            _endpoint(pair["provider"]),
            _endpoint(pair["requirer"]),
            pair["interface"],
            pair["type"],
            pair["message"],
        ]
        for pair in sorted(pairs, key=lambda p: (p["provider"], p["requirer"]))
    ]
    return table(header, rows, colour=colour)


def _endpoint(text: str) -> Cell:
    application, _, name = text.partition(":")
    return ((f"{application}:", ""), (name, MAGENTA))


def integrations(model: Json) -> list[Json]:
    """The rows of the relation table, from a model's snapshot."""
    return [_integration(model, r) for r in model["relations"].values() if not r["origin"]]


def _integration(model: Json, relation: Json) -> Json:
    ends = relation["endpoints"]
    provider, requirer = ends[0], ends[-1]
    regular = "subordinate" if provider["scope"] == "container" else "regular"
    return {
        "provider": f"{provider['application']}:{provider['name']}",
        "requirer": f"{requirer['application']}:{requirer['name']}",
        "interface": provider["interface"],
        "type": "peer" if len(ends) == 1 else regular,
        "message": _doubt(model, relation),
    }


def _doubt(model: Json, relation: Json) -> str:
    """What keeps a relation from being in full use."""
    if relation["life"] != "alive":
        return relation["life"]
    crosses = any(e["application"] in model["remotes"] for e in relation["endpoints"])
    return "joining  " if crosses and not relation["linked"] else ""
