# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `juju secrets` and `juju show-secret` print."""

import base64
from datetime import datetime

from onebox.names import tag
from onebox.render import times
from onebox.render.document import Json, Timestamp
from onebox.render.table import Cell, table

_MODEL = "<model>"


def summary(secret: Json) -> Json:
    """One secret without content or access: a line of `juju secrets --format json`."""
    user = secret["owner"] == _MODEL
    out: Json = {
        "revision": secret["latest"],
        "expires": _moment(_latest(secret)["expires"]),
        "rotation": secret["rotate"],
        "rotates": _moment(secret["rotates"]),
        "owner": secret["owner"],
        "description": secret["description"],
        "name": secret["label"] if user else "",
        "label": "" if user else secret["label"],
        "created": _moment(secret["created"]),
        "updated": _moment(secret["updated"]),
    }
    return {key: value for key, value in out.items() if value}


def _latest(secret: Json) -> Json:
    return secret["revisions"][str(secret["latest"])]


def _moment(text: str | None) -> Timestamp | None:
    return Timestamp(times.rfc3339(text)) if text else None


def listing(secrets: list[Json], revisions: bool = False) -> Json:
    """Secrets by id, ids sorted, perhaps each with the list of its revisions."""
    return {
        s["id"]: summary(s) | (_revisions(s) if revisions else {})
        for s in sorted(secrets, key=lambda s: s["id"])
    }


def secrets_table(secrets: list[Json], now: datetime, colour: bool = False) -> str:
    """The table of `juju secrets`, by owner."""
    header = ["ID", "Name", "Owner", "Rotation", "Revision", "Last updated"]
    rows = [_row(s, now) for s in sorted(secrets, key=lambda s: (s["owner"], s["id"]))]
    return table(header, rows, right=(4,), colour=colour, trailing=True)


def _row(secret: Json, now: datetime) -> list[Cell]:
    name = secret["label"] if secret["owner"] == _MODEL else ""
    return [
        secret["id"],
        name or "-",
        secret["owner"],
        secret["rotate"],
        str(secret["latest"]),
        times.ago(secret["updated"], now),
    ]


def details(
    model: Json,
    secret: Json,
    *,
    reveal: bool = False,
    revisions: bool = False,
    revision: int = 0,
    form: str = "yaml",
) -> Json:
    """One secret, as `juju show-secret` shows it.

    Args:
        model: the model's snapshot, for who may read.
        secret: the secret; with its content when `reveal`.
        reveal: with the content of `revision`, or of the latest.
        revisions: with the list of revisions.
        revision: which one to reveal; 0 is the latest. Of one that is not there Juju only says so.
        form: JSON nests the content under `Data`, YAML does not.
    """
    out = summary(secret)
    shown = secret["revisions"].get(str(revision or secret["latest"]))
    if reveal and shown:
        # Juju prints the checksum of the latest revision, whichever one it reveals.
        checksum = _latest(secret)["checksum"]
        out = {"revision": out.pop("revision"), "checksum": checksum, **out}
        content = {key: _decoded(shown["content"][key]) for key in sorted(shown["content"])}
        out["content"] = {"Data": content} if form == "json" else content
    elif reveal:
        out["error"] = f"secret {secret['id']} revision {revision} not found"
    if revisions:
        out |= _revisions(secret)
    access = [_access(model, grant) for grant in secret["grants"]]
    return {**out, "access": access} if access else out


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode(errors="replace")


def _sorted(revisions: Json) -> list[Json]:
    return sorted(revisions.values(), key=lambda revision: revision["number"])


def _revisions(secret: Json) -> Json:
    return {"revisions": [_revision(r) for r in _sorted(secret["revisions"])]}


def _revision(revision: Json) -> Json:
    out: Json = {
        "revision": revision["number"],
        "backend": revision["backend"],
        "created": _moment(revision["created"]),
        "updated": _moment(revision["created"]),
        "expires": _moment(revision["expires"]),
    }
    return {key: value for key, value in out.items() if value}


def _access(model: Json, grant: Json) -> Json:
    scope = _scope(model, grant["relation"])
    return {"target": tag(grant["target"]), "scope": scope, "role": "view"}


def _scope(model: Json, relation: int | None) -> str:
    found = model["relations"].get(str(relation))
    if not found:
        return f"model-{model['uuid']}"
    ends = [f"{e['application']}.{e['name']}" for e in reversed(found["endpoints"])]
    return "relation-" + "#".join(ends)
