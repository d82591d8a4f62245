# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage as `juju status` and `juju storage` show it."""

from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import Cell, status_cell, table


def listed(model: Json, utc: bool = False) -> Json:
    """What `juju storage` prints: as in a status, but a filesystem names only its machine."""
    document = combined(model, utc)
    for disk in document.get("filesystems", {}).values():
        units: Json = disk.get("attachments", {}).get("units", {})
        for name, attachment in units.items():
            units[name] = {"machine": attachment["machine"]}
    return document


def combined(model: Json, utc: bool = False) -> Json:
    """The `storage` part of a status document; empty when there is none."""
    items = [model["storage"][key] for key in sorted(model["storage"])]
    if not items:
        return {}
    return {
        "storage": {item["id"]: _instance(model, item, utc) for item in items},
        "filesystems": {str(n): _filesystem(model, i, n, utc) for n, i in enumerate(items)},
    }


def _machine(model: Json, item: Json) -> str:
    unit = model["units"].get(item["owner"])
    return unit["machine"] if unit else ""


def _attached(model: Json, item: Json) -> bool:
    return item["owner"] in model["units"]


def _status(model: Json, item: Json, utc: bool) -> Json:
    leaving = item["detaching"] or item["life"] != "alive"
    current = "detached" if not _attached(model, item) else "detaching" if leaving else "attached"
    return {"current": current, "since": times.since(item["since"], utc)}


def _unit_attachment(model: Json, item: Json) -> Json:
    return {"machine": _machine(model, item), "location": item["location"], "life": item["life"]}


def _instance(model: Json, item: Json, utc: bool) -> Json:
    out: Json = {
        "kind": item["kind"],
        "life": item["life"],
        "status": _status(model, item, utc),
        "persistent": False,
    }
    if _attached(model, item):
        out["attachments"] = {"units": {item["owner"]: _unit_attachment(model, item)}}
    return out


def _filesystem(model: Json, item: Json, number: int, utc: bool) -> Json:
    # As LXD names it for Juju: the pool, then what the models of a controller differ in.
    provider = f"juju:juju-{model['uuid'][-6:]}-filesystem-{number}"
    out: Json = {"provider-id": provider, "storage": item["id"]}
    if _attached(model, item):
        mount = {"mount-point": item["location"], "read-only": False, "life": item["life"]}
        out["attachments"] = {
            "machines": {_machine(model, item): mount},
            "units": {item["owner"]: _unit_attachment(model, item)},
        }
    rest = {"pool": item["pool"], "size": item["size"], "life": item["life"]}
    return {**out, **rest, "status": _status(model, item, utc)}


def size(mebibytes: int) -> str:
    """`200 MiB`, `1.0 GiB`."""
    if mebibytes < 1024:
        return f"{mebibytes} MiB"
    amount = mebibytes / 1024
    return f"{amount:.1f} GiB" if amount < 1024 else f"{amount / 1024:.1f} TiB"


def storage_table(document: Json, *, mounts: bool, colour: bool = False) -> str:
    """The table of `juju storage`, or with `mounts` the one at the end of a status."""
    rows = [_row(document, key, mounts) for key in sorted(document["storage"])]
    first = "Storage Unit" if mounts else "Unit"
    mount = ["Mountpoint"] if mounts else []
    header = [first, "Storage ID", "Type", "Pool", *mount, "Size", "Status", "Message"]
    return table(header, rows, colour=colour)


def _row(document: Json, key: str, mounts: bool) -> list[Cell]:
    item = document["storage"][key]
    disk = next(f for f in document["filesystems"].values() if f["storage"] == key)
    units: Json = item.get("attachments", {}).get("units", {})
    unit, where = next(iter(units.items()), ("", {"location": ""}))
    mount: list[Cell] = [where["location"]] if mounts else []
    state = item["status"]
    tail: list[Cell] = [size(disk["size"]), status_cell(state["current"])]
    return [unit, key, item["kind"], disk["pool"], *mount, *tail, state.get("message", "")]
