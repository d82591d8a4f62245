# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a model offers and what it consumes: `offers`, `find-offers`, and a part of a status."""

from onebox import persona
from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import CYAN, MAGENTA, Cell, painted, status_cell, table

_IMPLICIT = {"interface": "juju-info", "role": "provider"}


def url_of(model: Json, name: str) -> str:
    """The URL of an offer, without the controller."""
    return f"{persona.USER}/{model['name']}.{name}"


def endpoints(model: Json, offer: Json) -> Json:
    """The offered endpoints with interface and role."""
    charm = model["charms"][model["applications"][offer["application"]]["charm_url"]]
    declared = charm["endpoints"]
    return {
        e: _end(declared[e]) if e in declared else _IMPLICIT for e in sorted(offer["endpoints"])
    }


def _end(endpoint: Json) -> Json:
    return {"interface": endpoint["interface"], "role": endpoint["role"]}


def connections(model: Json, name: str) -> list[Json]:
    """The relations that came through an offer, in order of their numbers."""
    found = [r for r in model["relations"].values() if r["offer"] == name]
    return sorted(found, key=lambda r: r["id"])


def _charm(model: Json, offer: Json, *, platform: bool) -> str:
    url: str = model["applications"][offer["application"]]["charm_url"]
    return url.replace("local:", "local:amd64/") if platform else url


def _users() -> Json:
    return {persona.USER: {"display-name": persona.USER, "access": "admin"}}


# -- juju offers -------------------------------------------------------------------------------


def listing(model: Json, utc: bool) -> Json:
    """The offers of a model with their connections, as `juju offers --format json`."""
    return {name: _offer(model, model["offers"][name], utc) for name in sorted(model["offers"])}


def _offer(model: Json, offer: Json, utc: bool) -> Json:
    out: Json = {
        "application": offer["application"],
        "store": persona.CONTROLLER,
        "charm": _charm(model, offer, platform=True),
        "offer-url": url_of(model, offer["name"]),
        "endpoints": endpoints(model, offer),
    }
    joined = [_connection(model, r, offer, utc) for r in connections(model, offer["name"])]
    return {**out, **({"connections": joined} if joined else {}), "users": _users()}


def _connection(model: Json, relation: Json, offer: Json, utc: bool) -> Json:
    mine = next(e for e in relation["endpoints"] if e["application"] == offer["application"])
    alive = relation["life"] == "alive"
    return {
        "source-model-uuid": relation["origin"].partition(":")[0],
        "username": persona.USER,
        "relation-id": relation["id"],
        "endpoint": mine["name"],
        "status": {
            "current": ("joined" if relation["scope"] else "joining") if alive else "dying",
            "since": times.since(relation["since"], utc),
        },
        "ingress-subnets": sorted(_subnets(relation, offer["application"])),
    }


def _subnets(relation: Json, own: str) -> set[str]:
    across = (b for u, b in relation["units"].items() if u.partition("/")[0] != own)
    return {bag["data"]["egress-subnets"] for bag in across if "egress-subnets" in bag["data"]}


def offers_table(document: Json, *, summary: bool = False, colour: bool = False) -> str:
    """The table of `juju offers`: a line for each connection, or in short for each endpoint."""
    if summary:
        header = ["Offer", "Application", "Charm", "Connected", "Store", "URL", "Endpoint"]
        lines = [row for name, o in document.items() for row in _in_short(name, o)]
        return table([*header, "Interface", "Role"], lines, colour=colour)
    header = ["Offer", "User", "Relation ID", "Status", "Endpoint", "Interface", "Role"]
    rows = [row for name, offer in document.items() for row in _connected(name, offer)]
    return table([*header, "Ingress subnets"], rows, colour=colour)


def _connected(name: str, offer: Json) -> list[list[Cell]]:
    if "connections" not in offer:
        return [[name, "-", *[""] * 6]]
    return [_row(name if not i else "", offer, c) for i, c in enumerate(offer["connections"])]


def _row(name: str, offer: Json, connection: Json) -> list[Cell]:
    end = offer["endpoints"].get(connection["endpoint"], _IMPLICIT)
    return [
        name,
        connection["username"],
        str(connection["relation-id"]),
        status_cell(connection["status"]["current"]),
        connection["endpoint"],
        end["interface"],
        end["role"],
        ",".join(connection["ingress-subnets"]),
    ]


def _in_short(name: str, offer: Json) -> list[list[Cell]]:
    listed = offer.get("connections", [])
    joined = sum(c["status"]["current"] == "joined" for c in listed)
    first = [name, offer["application"], offer["charm"], f"{joined}/{len(listed)}"]
    first += [offer["store"], offer["offer-url"]]
    return [
        [*(first if not i else [""] * 6), end, e["interface"], e["role"]]
        for i, (end, e) in enumerate(offer["endpoints"].items())
    ]


# -- juju find-offers, juju show-offer ---------------------------------------------------------


def found(model: Json, name: str = "", interface: str = "") -> Json:
    """The offers of a model that match, by URL."""
    matching = {
        offer["name"]: endpoints(model, offer)
        for offer in model["offers"].values()
        if name in ("", offer["name"])
    }
    return {
        f"{persona.CONTROLLER}:{url_of(model, key)}": {
            "access": "admin",
            "endpoints": matching[key],
            "users": _users(),
        }
        for key in sorted(matching)
        if not interface or interface in {e["interface"] for e in matching[key].values()}
    }


def found_table(document: Json, colour: bool = False) -> str:
    """The table of `juju find-offers`."""
    rows: list[list[Cell]] = []
    for url, offer in document.items():
        store, _, path = url.partition(":")
        ends = ", ".join(f"{e['interface']}:{n}" for n, e in offer["endpoints"].items())
        rows.append([store, path, offer["access"], ends])
    return table(["Store", "URL", "Access", "Interfaces"], rows, colour=colour)


def shown(model: Json, name: str) -> Json:
    """One offer by its URL, as `juju show-offer` shows it."""
    offer = model["offers"][name]
    charm = model["charms"][model["applications"][offer["application"]]["charm_url"]]
    return {
        f"{persona.CONTROLLER}:{url_of(model, name)}": {
            "description": charm["description"].strip(),
            "access": "admin",
            "endpoints": endpoints(model, offer),
            "users": _users(),
        }
    }


def shown_table(document: Json, colour: bool = False) -> str:
    """The table of `juju show-offer`."""
    header = ["Store", "URL", "Access", "Description", "Endpoint", "Interface", "Role"]
    rows: list[list[Cell]] = []
    for url, offer in document.items():
        store, _, path = url.partition(":")
        lines = offer["description"].splitlines() or [""]
        first = [store, path, offer["access"], lines[0]]
        for index, (name, end) in enumerate(offer["endpoints"].items()):
            rows.append([*(first if not index else [""] * 4), name, end["interface"], end["role"]])
    return table(header, rows, colour=colour)


# -- juju status -------------------------------------------------------------------------------


def offers_status(model: Json) -> Json:
    """The part `offers` of a status."""
    return {name: _offer_status(model, model["offers"][name]) for name in sorted(model["offers"])}


def _offer_status(model: Json, offer: Json) -> Json:
    through = connections(model, offer["name"])
    active = sum(bool(r["scope"]) and r["life"] == "alive" for r in through)
    out = {
        "application": offer["application"],
        "charm": _charm(model, offer, platform=False),
        "total-connected-count": len(through),
        "active-connected-count": active,
        "endpoints": endpoints(model, offer),
    }
    return {k: v for k, v in out.items() if v != 0}


def offers_section(offers: Json, applications: Json, colour: bool) -> str:
    """The table of offers at the end of a status."""
    header = ["Offer", "Application", "Charm", "Rev", "Connected", "Endpoint", "Interface", "Role"]
    rows: list[list[Cell]] = []
    for name, offer in offers.items():
        application = applications[offer["application"]]
        active, total = (offer.get(f"{k}-connected-count", 0) for k in ("active", "total"))
        first: list[Cell] = [name, offer["application"], application["charm-name"]]
        first += [str(application["charm-rev"]), f"{active}/{total}"]
        for index, (end, e) in enumerate(offer["endpoints"].items()):
            lead: list[Cell] = first if not index else [""] * 5
            rows.append([*lead, painted(end, MAGENTA), e["interface"], e["role"]])
    return table(header, rows, colour=colour)


def consumed(model: Json, statuses: Json) -> Json:
    """The part `application-endpoints` of a status.

    Args:
        model: a model's snapshot.
        statuses: what each offered application says of itself in its own model, by our name.
    """
    taken = {n: r for n, r in model["remotes"].items() if r["url"]}
    return {name: _consumed(model, taken[name], statuses.get(name)) for name in sorted(taken)}


def _consumed(model: Json, remote: Json, status: Json | None) -> Json:
    ends = {name: _end(end) for name, end in remote["endpoints"].items()}
    out: Json = {
        "url": remote["url"],
        "endpoints": dict(sorted({**ends, "juju-info": _IMPLICIT}.items())),
        "life": remote["life"],
        "application-status": status or {"current": "terminated"},
    }
    related: dict[str, list[str]] = {}
    for relation in model["relations"].values():
        names = {e["application"]: e for e in relation["endpoints"]}
        if mine := names.pop(remote["name"], None):
            related.setdefault(mine["name"], []).extend(names)
    if related:
        out["relations"] = {name: sorted(related[name]) for name in sorted(related)}
    return out


def saas_section(remotes: Json, colour: bool) -> str:
    """The table of what is consumed, at the head of a status."""
    rows: list[list[Cell]] = [
        [name, status_cell(r["application-status"]["current"]), "local", painted(r["url"], CYAN)]
        for name, r in remotes.items()
    ]
    return table(["SAAS", "Status", "Store", "URL"], rows, colour=colour)
