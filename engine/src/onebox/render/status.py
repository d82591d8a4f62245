# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The status document: what `juju status --format json` says of a model."""

from datetime import datetime

from onebox import persona
from onebox.changes.statuses import severity
from onebox.render import times
from onebox.render.document import Json
from onebox.render.offers import consumed, offers_status
from onebox.render.storage import combined
from onebox.values import constraints, constraints_text

_IMPLICIT = "juju-info"


def document(
    model: Json,
    *,
    now: datetime,
    utc: bool = False,
    relations: bool = True,
    hardware: str = "arch=amd64",
    statuses: Json | None = None,
) -> Json:
    """The whole document, keys in Juju's order.

    Args:
        model: a model's snapshot.
        now: what the foot of the document shows.
        utc: times in UTC rather than in the local zone.
        relations: say in a failed hook's message which relation it was for.
        hardware: what every machine has, for they are all this host.
        statuses: how consumed applications are in their own models, by their names here.
    """
    return {
        "model": _model(model, now, utc),
        "machines": _machines(model["machines"], utc, hardware),
        "applications": {
            name: _application(model, name, utc, relations)
            for name in sorted(model["applications"])
        },
        **_across(model, statuses or {}),
        "storage": combined(model, utc),
        "controller": {"timestamp": times.clock(now, utc)},
    }


def _across(model: Json, statuses: Json) -> Json:
    """What crosses the model's border, if anything does."""
    parts = {"application-endpoints": consumed(model, statuses), "offers": offers_status(model)}
    return {key: part for key, part in parts.items() if part}


def for_yaml(document: Json) -> Json:
    """The same document without what Juju leaves out of YAML."""
    return {**document, "machines": machines_for_yaml(document["machines"])}


def machines_for_yaml(machines: Json) -> Json:
    """The machines, and those inside them, without what is empty."""
    found: Json = {}
    for key, machine in machines.items():
        found[key] = {k: v for k, v in machine.items() if v != {}}
        if "containers" in machine:
            found[key]["containers"] = machines_for_yaml(machine["containers"])
    return found


def all_machines(machines: Json) -> Json:
    """Each machine followed by those inside it."""
    found: Json = {}
    for key, machine in machines.items():
        found[key] = machine
        found |= all_machines(machine.get("containers", {}))
    return found


def _machines(machines: Json, utc: bool, hardware: str) -> Json:
    """The machines by their ids; a container is inside its machine."""
    found: Json = {}
    for key in sorted(machines, key=_machine_order):
        inside = {k: m for k, m in machines.items() if k.startswith(f"{key}/")}
        if "/" not in key or key.rpartition("/")[0].rpartition("/")[0] not in machines:
            found[key] = _machine(machines[key], utc, hardware, _machines(inside, utc, hardware))
    return found


def _machine_order(key: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in key.split("/")]


def unit_order(name: str) -> tuple[str, int]:
    """Sorts `app/10` after `app/9`."""
    application, _, number = name.rpartition("/")
    return application, int(number)


def _model(model: Json, now: datetime, utc: bool) -> Json:
    return {
        "name": model["name"],
        "type": "iaas",
        "controller": persona.CONTROLLER,
        "cloud": persona.CLOUD,
        "region": persona.REGION,
        "version": persona.VERSION,
        "model-status": {
            "current": "available" if model["life"] == "alive" else "destroying",
            "since": times.since(now.isoformat(), utc),
        },
    }


def _machine(machine: Json, utc: bool, hardware: str, containers: Json) -> Json:
    since = times.since(machine["since"], utc)
    address, life = machine["address"], machine["life"]
    agent = "down" if machine.get("down") else "started"
    return {
        "juju-status": {"current": agent, "since": since, "life": life},
        "hostname": machine["hostname"],
        "dns-name": address,
        "ip-addresses": [address],
        "instance-id": machine["hostname"],
        "machine-status": {"current": "running", "message": "Running", "life": life},
        "modification-status": {},
        "base": base(machine["base"]),
        "network-interfaces": {
            "lo": {
                "ip-addresses": [f"{address}/8"],
                "mac-address": "00:00:00:00:00:00",
                "space": persona.SPACE,
                "is-up": True,
            }
        },
        **({"containers": containers} if containers else {}),
        "constraints": _constraints(hardware.partition(" ")[0], machine.get("constraints", "")),
        "hardware": hardware,
    }


def _constraints(architecture: str, asked: str) -> str:
    return constraints_text(constraints(f"{architecture} {asked}")) if asked else architecture


def base(value: Json) -> Json:
    """A base without its risk: `24.04/stable` shows as `24.04`."""
    return {"name": value["name"], "channel": value["channel"].partition("/")[0]}


def units_of(model: Json, application: str) -> list[Json]:
    """The units of `application` in order of their numbers."""
    found = [u for u in model["units"].values() if u["application"] == application]
    return sorted(found, key=lambda u: unit_order(u["name"]))


def _application(model: Json, name: str, utc: bool, relations: bool) -> Json:
    application = model["applications"][name]
    charm = model["charms"][application["charm_url"]]
    units = {u["name"]: _unit(model, u, utc, relations) for u in units_of(model, name)}
    out: Json = {
        "charm": charm["url"],
        "base": base(application["base"]),
        "charm-origin": "local",
        "charm-name": charm["name"],
        "charm-rev": charm["revision"],
        "charm-version": charm["version"],
        "exposed": application["exposed"],
        "life": application["life"],
        "application-status": application_status(model, application, utc),
        "relations": _relations(model, name),
        "subordinate-to": _principals(model, name, charm),
        "units": {} if charm["subordinate"] else units,
        "version": application["workload_version"],
        "endpoint-bindings": bindings(charm),
    }
    return {k: v for k, v in out.items() if v not in ("", {}, [])}


def _principals(model: Json, name: str, charm: Json) -> list[str]:
    """The applications that a subordinate comes with."""
    if not charm["subordinate"]:
        return []
    found = {
        other["application"]
        for relation in model["relations"].values()
        for mine, other in ends(relation, name)
        if mine["scope"] == "container"
    }
    return sorted(found)


def bindings(charm: Json) -> dict[str, str]:
    """Every endpoint of a charm in the one space there is."""
    names = {"", _IMPLICIT, *charm["endpoints"], *charm["extra_bindings"]}
    return dict.fromkeys(sorted(names), persona.SPACE)


def application_status(model: Json, application: Json, utc: bool) -> Json:
    """What an application says of itself, else its worst unit."""
    status = application["status"]
    if status and status["current"] not in ("unknown", "unset"):
        return _status(status, utc)
    shown = [_workload(model, u, False) for u in units_of(model, application["name"])]
    if not shown:
        return {"current": "unknown"}
    worst = min(shown, key=lambda s: severity(s["current"]))
    return _status(worst, utc)


def _status(status: Json, utc: bool) -> Json:
    out = {
        "current": status["current"],
        "message": status["message"],
        "since": times.since(status["since"], utc),
    }
    return {k: v for k, v in out.items() if v}


def _relations(model: Json, application: str) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for relation in model["relations"].values():
        # As in Juju, those who consume our offers are seen with the offers alone.
        for mine, other in ends(relation, application) if not relation["origin"] else ():
            entry = {
                "related-application": other["application"],
                "interface": mine["interface"],
                "scope": mine["scope"],
            }
            found.setdefault(mine["name"], []).append(entry)
    return {name: sorted(found[name], key=_related_name) for name in sorted(found)}


def _related_name(entry: Json) -> str:
    return entry["related-application"]


def ends(relation: Json, application: str) -> list[tuple[Json, Json]]:
    """(own end, other end) of `relation` if `application` is in it; a peer meets itself."""
    endpoints = relation["endpoints"]
    if len(endpoints) == 1:
        both = [(endpoints[0], endpoints[0])]
    else:
        both = [(endpoints[0], endpoints[1]), (endpoints[1], endpoints[0])]
    return [pair for pair in both if pair[0]["application"] == application]


def _workload(model: Json, unit: Json, relations: bool) -> Json:
    """A unit's workload status; a failed hook of the agent takes its place."""
    if unit["agent"]["current"] != "error":
        return unit["workload"]
    failed = dict(unit["agent"])
    if relations:
        failed["message"] += _failed_for(model, unit)
    return failed


def _failed_for(model: Json, unit: Json) -> str:
    """` for app:endpoint`, the far end of the relation whose hook failed."""
    relation = model["relations"].get(str(unit["agent"]["data"].get("relation-id")))
    if not relation:
        return ""
    for _, other in ends(relation, unit["application"]):
        return f" for {other['application']}:{other['name']}"
    return ""


def _agent(unit: Json, utc: bool) -> Json:
    agent = _status(unit["agent"], utc)
    if agent["current"] == "error":
        agent = {"current": "idle", "since": agent["since"]}
    if agent["current"] != "allocating":
        agent["version"] = persona.VERSION
    if unit["life"] != "alive":
        agent["life"] = unit["life"]
    return agent


def _unit(model: Json, unit: Json, utc: bool, relations: bool) -> Json:
    machine = model["machines"].get(unit["machine"])
    if machine and machine.get("down"):
        unit = {**unit, **_lost(unit["agent"]["since"])}
    leader = model["applications"][unit["application"]]["leader"] == unit["name"]
    out: Json = {
        "workload-status": _status(_workload(model, unit, relations), utc),
        "juju-status": _agent(unit, utc),
        "leader": leader,
        "machine": "" if unit["principal"] else unit["machine"],
        "open-ports": sorted(unit["ports"], key=port_order),
        "public-address": machine["address"] if machine else "",
        "subordinates": {
            u["name"]: _unit(model, u, utc, relations) for u in _subordinates(model, unit["name"])
        },
    }
    return {k: v for k, v in out.items() if v not in ("", [], {}, False)}


def _subordinates(model: Json, principal: str) -> list[Json]:
    found = [u for u in model["units"].values() if u["principal"] == principal]
    return sorted(found, key=lambda u: unit_order(u["name"]))


def _lost(since: str) -> Json:
    """What is known of a unit whose machine is down: nothing, not even since when."""
    seen = "agent lost, see `juju debug-logs` or `juju show-status-log` for more information"
    return {
        "workload": {"current": "unknown", "message": seen, "data": {}, "since": since},
        "agent": {
            "current": "lost",
            "message": "agent is not communicating with the server",
            "data": {},
            "since": since,
        },
    }


def port_order(port: str) -> tuple[str, int]:
    """Sorts `80/tcp`, `8000-8010/udp` and `icmp` by protocol, then number."""
    number, _, protocol = port.rpartition("/")
    first = number.partition("-")[0]
    return protocol, int(first) if first else 0
