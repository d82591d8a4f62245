# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Juju says of models and controllers."""

from datetime import datetime

from onebox import persona
from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import Cell, status_cell, table

_NOW = "just now"


def _common(model: Json) -> Json:
    return {
        "name": f"{persona.USER}/{model['name']}",
        "short-name": model["name"],
        "model-uuid": model["uuid"],
        "model-type": "iaas",
        "controller-uuid": persona.CONTROLLER_UUID,
        "controller-name": persona.CONTROLLER,
        "is-controller": False,
        "cloud": persona.CLOUD,
        "region": persona.REGION,
        "type": persona.CLOUD_TYPE,
        "life": model["life"],
    }


def _state(model: Json, since: str) -> Json:
    current = "available" if model["life"] == "alive" else "destroying"
    return {"current": current, "since": since}


def listing(models: list[Json], current: str, now: datetime) -> Json:
    """All models, as `juju models --format json` lists them."""
    entries = [
        {
            **_common(model),
            "status": _state(model, times.ago(model["created"], now)),
            "access": "admin",
            "last-connection": _NOW,
            "agent-version": persona.VERSION,
        }
        for model in models
    ]
    return {"models": entries, "current-model": current}


def models_table(
    document: Json, models: list[Json], *, uuid: bool = False, colour: bool = False
) -> str:
    """The table of `juju models`, from its document and what it was made of."""
    identity = ["UUID"] if uuid else []
    header = [
        "Model",
        *identity,
        "Cloud/Region",
        "Type",
        "Status",
        "Machines",
        "Units",
        "Access",
        "Last connection",
    ]
    current = document["current-model"]
    pairs = zip(document["models"], models, strict=True)
    rows = [_row(entry, model, current, uuid) for entry, model in pairs]
    right = (5, 6) if uuid else (4, 5)
    body = table(header, rows, right=right, colour=colour)
    return f"Controller: {persona.CONTROLLER}\n\n{body}"


def _row(entry: Json, model: Json, current: str, uuid: bool) -> list[Cell]:
    name = entry["short-name"]
    identity: list[Cell] = [entry["model-uuid"]] if uuid else []
    return [
        name + ("*" if name == current else ""),
        *identity,
        f"{entry['cloud']}/{entry['region']}",
        entry["type"],
        status_cell(entry["status"]["current"]),
        str(len(model["machines"])),
        str(len(model["units"]) or "-"),
        entry["access"],
        entry["last-connection"],
    ]


def details(model: Json) -> Json:
    """One model, as `juju show-model` shows it."""
    user = {"display-name": persona.USER, "access": "admin", "last-connection": _NOW}
    out: Json = {
        **_common(model),
        "status": _state(model, _NOW),
        "users": {persona.USER: user},
        "machines": {key: {"cores": 0} for key in sorted(model["machines"])},
        "secret-backends": {"internal": {"num-secrets": 0, "status": "active"}},
        "agent-version": persona.VERSION,
        "credential": {
            "name": persona.CREDENTIAL,
            "owner": persona.USER,
            "cloud": persona.CLOUD,
            "validity-check": "valid",
        },
        "supported-features": [
            {
                "name": "juju",
                "description": "the version of Juju used by the model",
                "version": persona.VERSION,
            }
        ],
    }
    return {key: value for key, value in out.items() if value != {}}


_SOURCES = {
    "agent-stream": "model",
    "enable-os-refresh-update": "controller",
    "enable-os-upgrade": "controller",
    "logging-config": "model",
}
_GIVEN: Json = {"agent-version": persona.VERSION, "resource-tags": {}}


def model_config(answer: Json) -> Json:
    """Every attribute with its value and where that comes from, from `defaults` and `values`."""
    defaults = answer["defaults"].items()
    found = {k: {"Value": v, "Source": _SOURCES.get(k, "default")} for k, v in defaults}
    # What a controller gives every model of its own accord.
    found |= {k: {"Value": v, "Source": "model"} for k, v in _GIVEN.items()}
    found |= {k: {"Value": v, "Source": "model"} for k, v in answer["values"].items()}
    return {key: found[key] for key in sorted(found)}


def model_config_table(document: Json, colour: bool = False) -> str:
    """The table of `juju model-config`."""
    rows = [(key, item["Source"], _shown(item["Value"])) for key, item in document.items()]
    return table(["Attribute", "From", "Value"], rows, colour=colour)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return '""' if value == "" else str(value)


def controllers(models: int, current: str) -> Json:
    """The one controller there is, as `juju controllers --format json` lists it."""
    controller: Json = {
        "current-model": current,
        "user": persona.USER,
        "access": "superuser",
        "uuid": persona.CONTROLLER_UUID,
        "cloud": persona.CLOUD,
        "region": persona.REGION,
        "agent-version": persona.VERSION,
        "model-count": models,
        "machine-count": 1,
        "controller-machines": {"Active": 1, "Total": 1},
    }
    if not current:
        del controller["current-model"]
    return {
        "controllers": {persona.CONTROLLER: controller},
        "current-controller": persona.CONTROLLER,
    }


def controller_details(models: list[Json], current: str) -> Json:
    """What `juju show-controller` says of it."""
    out: Json = {
        "details": {
            "controller-uuid": persona.CONTROLLER_UUID,
            "api-endpoints": [],
            "cloud": persona.CLOUD,
            "region": persona.REGION,
            "agent-version": persona.VERSION,
            "controller-model-version": persona.VERSION,
        },
        "models": {
            m["name"]: {"model-uuid": m["uuid"], "machine-count": m["machines"]} for m in models
        },
        "current-model": f"{persona.USER}/{current}" if current else "",
        "account": {"user": persona.USER, "access": "superuser"},
    }
    return {key: value for key, value in out.items() if value}


def controllers_table(document: Json, colour: bool = False) -> str:
    """The table of `juju controllers`."""
    header = ["Controller", "Model", "User", "Access", "Cloud/Region"]
    header += ["Models", "Nodes", "HA", "Version"]
    rows = [_controller(name, c) for name, c in document["controllers"].items()]
    return table(header, rows, right=(5, 6, 7), colour=colour, trailing=True)


def _controller(name: str, controller: Json) -> list[Cell]:
    return [
        f"{name}*",
        controller.get("current-model", "-"),
        controller["user"],
        controller["access"],
        f"{controller['cloud']}/{controller['region']}",
        str(controller["model-count"]),
        str(controller["machine-count"]),
        "none",
        controller["agent-version"],
    ]
