# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Applications: uploading, deploying, refreshing and configuring them."""

from pathlib import Path
from typing import Any

from onebox import charms as archives
from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.blobs import Blob
from onebox.changes import applications, charms, config, edit, machines, units
from onebox.changes.applications import Deployment
from onebox.model import Exposure, Model, Resource, Scalar

method = Methods()


@method
def upload_charm(agents: Agents, model: str, path: str) -> dict[str, Any]:
    """A charm archive, to be deployed by its url."""
    with agents.engine.blobs.stored(Path(path)) as (blob,):
        read = archives.read(blob.path, digest=blob.digest)
        charm = made(agents, model, lambda m: charms.upload(m, read))
    return {"url": charm.url, "name": charm.name, "revision": charm.revision}


@method
def deploy(
    agents: Agents,
    model: str,
    application: str,
    charm_url: str,
    units: int = 1,
    config: dict[str, Scalar] | None = None,
    constraints: str = "",
    trust: bool = False,
    base: str = "",
    resources: dict[str, str] | None = None,
    storage: dict[str, str] | None = None,
    placement: list[str] | None = None,
    expose: bool = False,
    attached: list[str] | None = None,
) -> None:
    """A new application with its first units; the one unit of it has `attached` storage."""
    with agents.engine.blobs.stored(*_files(resources)) as blobs:
        asked = Deployment(
            application=application,
            charm_url=charm_url,
            base=base,
            units=units,
            config=config or {},
            constraints=constraints,
            trust=trust,
            exposed=expose,
            resources=_resources(agents, resources, blobs),
            storage=storage or {},
            placement=tuple(placement or ()),
            attached=tuple(attached or ()),
        )
        now = agents.engine.now()
        transact(agents, model, lambda m: applications.deploy(m, asked, now))


@method
def refresh(
    agents: Agents,
    model: str,
    application: str,
    charm_url: str = "",
    config: dict[str, Scalar] | None = None,
    resources: dict[str, str] | None = None,
    trust: bool | None = None,
    force: bool = False,
) -> None:
    """Another revision of an application's charm, or other resources."""
    now = agents.engine.now()

    def change(before: Model) -> Model:
        after = applications.refresh(
            before, application, charm_url, config or {}, fresh, force, now
        )
        return after if trust is None else applications.set_trust(after, application, trust)

    with agents.engine.blobs.stored(*_files(resources)) as blobs:
        fresh = _resources(agents, resources, blobs)
        transact(agents, model, change)


@method
def attach_resource(agents: Agents, model: str, application: str, name: str, path: str) -> None:
    """Other bytes for a resource."""
    with agents.engine.blobs.stored(Path(path)) as blobs:
        (resource,) = _resources(agents, {name: path}, blobs).values()
        transact(agents, model, lambda m: applications.attach_resource(m, application, resource))


@method
def remove_application(
    agents: Agents,
    model: str,
    application: str,
    destroy_storage: bool = False,
    force: bool = False,
) -> None:
    """The beginning of an application's end."""

    def change(before: Model) -> Model:
        return units.sweep(applications.remove(before, application, force, destroy_storage))

    transact(agents, model, change)


@method
def set_config(
    agents: Agents,
    model: str,
    application: str,
    values: dict[str, Scalar] | None = None,
    reset: list[str] | None = None,
) -> None:
    """Other options of an application."""
    fresh, gone = values or {}, tuple(reset or ())
    transact(agents, model, lambda m: config.set_values(m, application, fresh, gone))


@method
def set_trust(agents: Agents, model: str, application: str, trust: bool) -> None:
    """Whether an application is trusted."""
    transact(agents, model, lambda m: applications.set_trust(m, application, trust))


@method
def expose(
    agents: Agents,
    model: str,
    application: str,
    endpoints: dict[str, dict[str, list[str]]] | None = None,
) -> None:
    """Exposes endpoints of an application, each to `spaces` and `cidrs`, or all to everybody."""
    settings = {name: Exposure.model_validate(of) for name, of in (endpoints or {}).items()}
    transact(agents, model, lambda m: applications.expose(m, application, settings))


@method
def unexpose(
    agents: Agents, model: str, application: str, endpoints: list[str] | None = None
) -> None:
    """Exposes endpoints of an application no longer, or nothing of it."""
    transact(agents, model, lambda m: applications.unexpose(m, application, endpoints or ()))


@method
def set_constraints(agents: Agents, model: str, application: str, constraints: str) -> None:
    """What an application asks of its machines."""
    transact(agents, model, lambda m: applications.set_constraints(m, application, constraints))


@method
def set_annotations(
    agents: Agents,
    model: str,
    annotations: dict[str, str],
    application: str = "",
    machine: str = "",
) -> None:
    """More notes on an application or a machine, which mean nothing to the engine."""

    def change(before: Model) -> Model:
        if machine:
            return machines.annotate(before, machine, annotations)
        app = edit.application(before, application)
        return edit.put_application(before, app, annotations={**app.annotations, **annotations})

    transact(agents, model, change)


def _files(resources: dict[str, str] | None) -> list[Path]:
    return [Path(path) for path in (resources or {}).values()]


def _resources(
    agents: Agents, resources: dict[str, str] | None, blobs: list[Blob]
) -> dict[str, Resource]:
    now = agents.engine.now()
    return {
        name: Resource(
            name=name, digest=blob.digest, size=blob.size, filename=Path(path).name, uploaded=now
        )
        for (name, path), blob in zip((resources or {}).items(), blobs, strict=True)
    }
