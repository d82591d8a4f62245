# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `juju config` and `juju show-application` say of an application."""

from onebox import persona
from onebox.render.document import Json
from onebox.render.status import base, bindings
from onebox.values import constraints


def application_config(model: Json, name: str) -> Json:
    """All options with default, value and where the value comes from."""
    application = model["applications"][name]
    charm = model["charms"][application["charm_url"]]
    options = charm["options"]
    settings = {key: _setting(options[key], application["config"], key) for key in sorted(options)}
    return {
        "application": name,
        "application-config": {"trust": _trust(application["trust"])},
        "charm": charm["name"],
        "settings": settings,
    }


def _trust(trusted: bool) -> Json:
    return {
        "default": False,
        "description": "Does this application have access to trusted credentials",
        "source": "user" if trusted else "default",
        "type": "bool",
        "value": trusted,
    }


def _setting(option: Json, values: Json, key: str) -> Json:
    default = option["default"]
    value = values.get(key, default)
    source = "user" if key in values else "unset" if default is None else "default"
    out = {
        "default": default,
        "description": option["description"],
        "source": source,
        "type": option["type"],
        "value": value,
    }
    return {k: v for k, v in out.items() if v is not None}


def _exposures(application: Json) -> Json:
    if not application["exposed"]:
        return {}
    found: Json = application["exposures"] or {"": {"spaces": [], "cidrs": persona.EVERYWHERE}}
    shown = {
        endpoint: {
            f"expose-to-{key}": sorted(found[endpoint][key])
            for key in ("spaces", "cidrs")
            if found[endpoint][key]
        }
        for endpoint in sorted(found)
    }
    return {"exposed-endpoints": shown}


def show_application(model: Json, name: str, architecture: str) -> Json:
    """Its charm, base, bindings and life."""
    application = model["applications"][name]
    charm = model["charms"][application["charm_url"]]
    release = base(application["base"])
    limits = constraints(f"arch={architecture} {application['constraints']}")
    return {
        "charm": charm["name"],
        "base": f"{release['name']}@{release['channel']}",
        **({} if charm["subordinate"] else {"constraints": limits}),
        "principal": not charm["subordinate"],
        "exposed": application["exposed"],
        **_exposures(application),
        "remote": False,
        "life": application["life"],
        "endpoint-bindings": bindings(charm),
    }
