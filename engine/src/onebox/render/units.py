# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `juju show-unit` says of a unit and the data of its relations."""

from dataclasses import dataclass

from onebox.render.document import Json
from onebox.render.status import ends, port_order, unit_order


@dataclass(frozen=True)
class Shown:
    """Which relation data is asked for; empty texts mean all."""

    application_only: bool = False
    endpoint: str = ""
    related_unit: str = ""


def show_unit(model: Json, name: str, shown: Shown) -> Json:
    """The unit with its relations, sorted by endpoint."""
    unit = model["units"][name]
    application = model["applications"][unit["application"]]
    machine = model["machines"].get(unit["machine"])
    out: Json = {
        "workload-version": application["workload_version"],
        "machine": unit["machine"],
        "opened-ports": sorted(unit["ports"], key=port_order) or None,
        "public-address": machine["address"] if machine else "",
        "charm": application["charm_url"],
        "leader": application["leader"] == name,
        "life": unit["life"],
    }
    out = {key: value for key, value in out.items() if value != ""}
    relations = _relations(model, unit, shown)
    return {**out, "relation-info": relations} if relations else out


def _relations(model: Json, unit: Json, shown: Shown) -> list[Json]:
    found: list[tuple[str, int, Json]] = []
    for relation in model["relations"].values():
        for mine, other in ends(relation, unit["application"]):
            if shown.endpoint in ("", mine["name"]):
                info = _relation(model, relation, unit, mine, other, shown)
                found.append((mine["name"], relation["id"], info))
    return [info for _, _, info in sorted(found, key=lambda item: item[:2])]


def _relation(
    model: Json, relation: Json, unit: Json, mine: Json, other: Json, shown: Shown
) -> Json:
    # Juju 4 shows the unit's own application data, and its own unit data for peers only.
    out: Json = {
        "relation-id": relation["id"],
        "endpoint": mine["name"],
        **({"cross-model": True} if other["application"] in model["remotes"] else {}),
        "related-endpoint": other["name"],
        "application-data": _data(relation["applications"].get(mine["application"])),
    }
    if mine["role"] == "peer" and not shown.application_only:
        out["local-unit"] = _unit(relation, unit["name"])
    else:
        out["local-unit"] = {"in-scope": False, "data": None}
    related = {} if shown.application_only else _related(relation, unit, other, shown)
    return {**out, "related-units": related} if related else out


def _related(relation: Json, unit: Json, other: Json, shown: Shown) -> Json:
    names = [
        name
        for name in relation["scope"]
        if name != unit["name"]
        and name.rpartition("/")[0] == other["application"]
        and shown.related_unit in ("", name)
    ]
    return {name: _unit(relation, name) for name in sorted(names, key=unit_order)}


def _unit(relation: Json, name: str) -> Json:
    return {"in-scope": name in relation["scope"], "data": _data(relation["units"].get(name))}


def _data(bag: Json | None) -> Json:
    data: Json = bag["data"] if bag else {}
    return {key: data[key] for key in sorted(data)}


def for_yaml(units: Json) -> Json:
    """The same as Juju's YAML: without a local unit that says nothing, and `[]` for no ports."""
    return {
        name: _without_blank(unit) | {"opened-ports": unit["opened-ports"] or []}
        for name, unit in units.items()
    }


def _without_blank(unit: Json) -> Json:
    if "relation-info" not in unit:
        return unit
    kept = [
        {k: v for k, v in info.items() if k != "local-unit" or v["data"] is not None}
        for info in unit["relation-info"]
    ]
    return {**unit, "relation-info": kept}
