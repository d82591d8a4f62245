# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `juju resources` prints."""

import uuid

from onebox import persona
from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import table


def listing(model: Json, name: str) -> Json:
    """The resources of an application, as `--format json` lists them."""
    application = model["applications"][name]
    charm = model["charms"][application["charm_url"]]
    specs = charm["resources"]
    return {"resources": [_resource(application, specs[key]) for key in sorted(specs)]}


def _resource(application: Json, spec: Json) -> Json:
    held = application["resources"].get(spec["name"])
    out: Json = {
        "resourceid": str(uuid.UUID(held["digest"][:32])) if held else "",
        "applicationId": application["name"],
        "name": spec["name"],
        "type": spec["type"],
        "path": spec["filename"],
        "description": spec["description"],
        "revision": str(held["revision"]) if held else "-1",
        "fingerprint": held["digest"] if held else "",
        "size": held["size"] if held else 0,
        "origin": "upload",
        "used": held is not None,
    }
    if held:
        out |= {"timestamp": times.rfc3339(held["uploaded"]), "username": persona.USER}
    return out


def resources_table(document: Json, colour: bool = False) -> str:
    """The table of `juju resources`."""
    rows = [
        (item["name"], item.get("username", "-"), item.get("timestamp", "-")[:16])
        for item in document["resources"]
    ]
    return table(["Resource", "Supplied by", "Revision"], rows, colour=colour)
