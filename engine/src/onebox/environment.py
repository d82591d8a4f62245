# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The environment of a hook: exactly what Juju gives, nothing inherited. Pure."""

from dataclasses import dataclass
from pathlib import Path

from onebox import persona
from onebox.changes import hooks, options
from onebox.model import Hook, Model, Task

_FIXED = {
    "APT_LISTCHANGES_FRONTEND": "none",
    "CLOUD_API_VERSION": "",
    "DEBIAN_FRONTEND": "noninteractive",
    "JUJU_AGENT_SOCKET_NETWORK": "unix",
    "JUJU_AVAILABILITY_ZONE": "",
    "JUJU_CHARM_TRACE_CONFIG_CA_CERT": "",
    "JUJU_CHARM_TRACE_CONFIG_GRPC": "",
    "JUJU_CHARM_TRACE_CONFIG_HTTP": "",
    "LANG": "C.UTF-8",
    "TERM": "tmux-256color",
}
_PROXIES = ("http", "https", "ftp", "no")


@dataclass(frozen=True)
class Place:
    """Where a unit's hooks run on this host."""

    charm: Path
    socket: Path
    path: str
    api: str


def of_hook(model: Model, unit: str, hook: Hook, context: str, place: Place) -> dict[str, str]:
    """The environment of a hook."""
    name = hooks.name_of(model, unit, hook)
    own = {"JUJU_HOOK_NAME": name, "JUJU_DISPATCH_PATH": f"hooks/{name}"}
    return {
        **_common(model, unit, context, place),
        **own,
        **_relation(model, unit, hook),
        **_secret(hook),
    }


def of_action(model: Model, unit: str, task: Task, context: str, place: Place) -> dict[str, str]:
    """The environment of an action."""
    return {
        **_common(model, unit, context, place),
        "JUJU_HOOK_NAME": "",
        "JUJU_DISPATCH_PATH": f"actions/{task.action}",
        **_action(task),
    }


def _action(task: Task) -> dict[str, str]:
    return {
        "JUJU_ACTION_NAME": task.action,
        "JUJU_ACTION_UUID": str(task.id),
        "JUJU_ACTION_TAG": f"action-{task.id}",
    }


def of_commands(
    model: Model, unit: str, hook: Hook, context: str, place: Place, task: Task | None = None
) -> dict[str, str]:
    """The environment of a `juju-exec` script, perhaps in a relation, or of a `juju exec` task."""
    common = _common(model, unit, context, place)
    found = {**common, "JUJU_HOOK_NAME": "", **_relation(model, unit, hook)}
    return found | _action(task) if task else found


def of_storage(identifier: str, kind: str, location: Path) -> dict[str, str]:
    """What a storage hook has on top."""
    return {
        "JUJU_STORAGE_ID": identifier,
        "JUJU_STORAGE_LOCATION": str(location),
        "JUJU_STORAGE_KIND": kind,
    }


def _common(model: Model, unit: str, context: str, place: Place) -> dict[str, str]:
    return {
        **_FIXED,
        "CHARM_DIR": str(place.charm),
        "JUJU_CHARM_DIR": str(place.charm),
        "JUJU_CONTEXT_ID": context,
        "JUJU_AGENT_SOCKET_ADDRESS": str(place.socket),
        "JUJU_UNIT_NAME": unit,
        "JUJU_MODEL_UUID": model.uuid,
        "JUJU_MODEL_NAME": model.name,
        "JUJU_API_ADDRESSES": place.api,
        "JUJU_PRINCIPAL_UNIT": model.units[unit].principal,
        "JUJU_MACHINE_ID": model.units[unit].machine,
        "JUJU_VERSION": persona.VERSION,
        "PATH": place.path,
        **_proxies(model),
    }


def _proxies(model: Model) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in _PROXIES:
        suffix = "no-proxy" if kind == "no" else f"{kind}-proxy"
        variable = suffix.replace("-", "_")
        # no-proxy has a default of its own, which says nothing as long as no proxy is set.
        legacy = str(model.config.get(suffix, ""))
        found[f"JUJU_CHARM_{variable.upper()}"] = str(options.option(model, f"juju-{suffix}"))
        if legacy:
            found[variable] = found[variable.upper()] = legacy
    return found


def _relation(model: Model, unit: str, hook: Hook) -> dict[str, str]:
    relation = model.relations.get(hook.relation) if hook.relation is not None else None
    if relation is None:
        return {}
    application = model.units[unit].application
    endpoint = relation.endpoint_of(application).name
    found = {
        "JUJU_RELATION": endpoint,
        "JUJU_RELATION_ID": f"{endpoint}:{relation.id}",
        "JUJU_REMOTE_UNIT": hook.remote_unit or "",
        "JUJU_REMOTE_APP": hook.remote_app or relation.other(application).application,
    }
    if hook.departing_unit is not None:
        found["JUJU_DEPARTING_UNIT"] = hook.departing_unit
    return found


def _secret(hook: Hook) -> dict[str, str]:
    if hook.secret is None:
        return {}
    # Juju gives a URI to readers and the bare id of what is to be removed.
    bare = hook.kind == "secret-remove"
    found = {
        "JUJU_SECRET_ID": hook.secret if bare else f"secret:{hook.secret}",
        "JUJU_SECRET_LABEL": hook.secret_label or "",
    }
    if hook.secret_revision is not None:
        found["JUJU_SECRET_REVISION"] = str(hook.secret_revision)
    return found
