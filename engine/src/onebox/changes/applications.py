# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Applications: deploying, refreshing and removing them, and what the operator sets on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onebox import directives, persona
from onebox.bases import parse_base
from onebox.changes import charms, config, edit, offers, relations, storage, units
from onebox.errors import Refused
from onebox.model import Application, Base, Charm, Exposure, Model, Resource, Scalar


@dataclass(frozen=True)
class Deployment:
    """What `juju deploy` asks for."""

    application: str
    charm_url: str
    base: str = ""
    units: int = 1
    config: dict[str, Scalar] = field(default_factory=dict[str, Scalar])
    constraints: str = ""
    trust: bool = False
    exposed: bool = False
    resources: dict[str, Resource] = field(default_factory=dict[str, Resource])
    storage: dict[str, str] = field(default_factory=dict[str, str])
    placement: tuple[str, ...] = ()
    # Ids of existing storage, for the one unit there is then.
    attached: tuple[str, ...] = ()


def deploy(model: Model, asked: Deployment, now: datetime) -> Model:
    """The model with a new application and its first units."""
    edit.refuse_dying(model)
    name = asked.application
    prefix = f'cannot deploy "{name}": '
    if name in model.applications:
        raise Refused(
            f'{prefix}creating application "{name}": creating IAAS application "{name}": '
            f'inserting IAAS application "{name}": checking if application "{name}" exists: '
            "application already exists",
            "already-exists",
        )
    if name in model.remotes:
        raise Refused(f'{prefix}saas application called "{name}" exists', "already-exists")
    charm = charms.charm(model, asked.charm_url)
    values = dict(asked.config)
    trust = asked.trust
    if "trust" in values and "trust" not in charm.options:
        trust = str(values.pop("trust")).lower() == "true"
    _refuse_unknown_resources(charm.resources.keys(), asked.resources.keys())
    _refuse_unknown_storage(prefix, charm, asked.storage)
    app = Application(
        name=name,
        charm_url=charm.url,
        base=parse_base(asked.base) if asked.base else _default_base(charm),
        config=_checked(prefix, charm, values),
        trust=trust,
        exposed=asked.exposed,
        constraints=asked.constraints,
        resources=_numbered({}, asked.resources),
        storage=asked.storage,
    )
    model = edit.put(model, "applications", name, app)
    model = relations.add_peers(model, name, now)
    count = 0 if charm.subordinate else asked.units
    told = f"{prefix}preparing application args: "
    return units.add(model, name, count, asked.placement, now, asked.attached, told)


def refresh(
    model: Model,
    name: str,
    charm_url: str,
    values: dict[str, Scalar],
    resources: dict[str, Resource],
    force: bool,
    now: datetime,
) -> Model:
    """The model in which an application runs another revision, or has other resources."""
    app = edit.application(model, name)
    new = charms.charm(model, charm_url or app.charm_url)
    charms.check_refresh(model, name, new)
    _refuse_unknown_resources(new.resources.keys(), resources.keys())
    kept = config.surviving(new, app.config)
    model = edit.put_application(
        model,
        app,
        charm_url=new.url,
        charm_modified=app.charm_modified + 1,
        force_charm=force,
        config={**kept, **config.checked(new, values)},
        resources={**app.resources, **_numbered(app.resources, resources)},
    )
    for relation in model.relations_of(name):
        if relation.endpoint_of(name).name not in new.endpoints | {relations.JUJU_INFO: None}:
            model = relations.drop(model, relation.id)
    return relations.add_peers(model, name, now)


def attach_resource(model: Model, name: str, resource: Resource) -> Model:
    """The model with other bytes behind one resource: its units run upgrade-charm."""
    app = edit.application(model, name)
    if resource.name not in model.charm_of(name).resources:
        url = persona.resource_url(
            model.network, model.uuid, f"applications/{name}/resources/{resource.name}"
        )
        raise Refused(
            f'failed to upload resource "{resource.name}": Put {url}: getting resource uuid: '
            f'application "{name}", resource "{resource.name}" not found',
            "not-found",
        )
    numbered = _numbered(app.resources, {resource.name: resource})
    return edit.put_application(
        model, app, resources={**app.resources, **numbered}, charm_modified=app.charm_modified + 1
    )


def remove(model: Model, name: str, force: bool, destroy_storage: bool = False) -> Model:
    """The model with an application on its way out, with its units and relations."""
    app = edit.application(model, name)
    if not force:
        offers.refuse_offered(model, name)
    for offer in [o.name for o in model.offers.values() if o.application == name]:
        model = offers.remove(model, offer, force=True)
    model = edit.put_application(model, app, life="dying")
    for relation in model.relations_of(name):
        if relation.life == "alive" and relation.endpoint_of(name).role != "peer":
            model = relations.remove(model, relation.id, force=force)
    for unit in model.units_of(name):
        model = units.remove(model, unit.name, force, destroy_storage)
    return units.application_gone(model, name)


def set_trust(model: Model, name: str, trust: bool) -> Model:
    """The model in which an application is trusted, or no longer is."""
    return edit.put_application(model, edit.application(model, name), trust=trust)


def expose(model: Model, name: str, settings: Mapping[str, Exposure]) -> Model:
    """The model in which more of an application is exposed: by endpoint, or all without any."""
    application = _exposable(model, name, settings)
    for space in (s for exposure in settings.values() for s in exposure.spaces):
        if space != persona.SPACE:
            raise Refused(f'space "{space}" not found', "not-found")
    world = Exposure(cidrs=persona.EVERYWHERE)
    fresh = {key: found if found != Exposure() else world for key, found in settings.items()}
    before = application.exposures or ({"": world} if application.exposed else {})
    after = {**before, **(fresh or {"": world})}
    return edit.put_application(model, application, exposed=True, exposures=after)


def unexpose(model: Model, name: str, endpoints: Iterable[str]) -> Model:
    """The model in which some endpoints of an application are exposed no longer, or none is."""
    gone = {*endpoints}
    application = _exposable(model, name, gone)
    left = {k: v for k, v in application.exposures.items() if gone and k not in gone}
    return edit.put_application(model, application, exposed=bool(left), exposures=left)


def _exposable(model: Model, name: str, endpoints: Iterable[str]) -> Application:
    if name not in model.applications:
        raise Refused(f'getting application "{name}" not found', "not-found")
    wanted = sorted({*endpoints} - {""})
    if not {*wanted} <= {*model.charm_of(name).endpoints, relations.JUJU_INFO}:
        listed = " ".join(wanted)
        raise Refused(
            f"one or more of the provided endpoints [{listed}] do not exist", "not-found"
        )
    return model.applications[name]


def set_constraints(model: Model, name: str, constraints: str) -> Model:
    """The model with other constraints of an application; they are recorded, no more."""
    return edit.put_application(model, edit.application(model, name), constraints=constraints)


def _default_base(charm: Charm) -> Base:
    return charm.bases[0] if charm.bases else Base(name="ubuntu", channel="24.04/stable")


def _checked(prefix: str, charm: Charm, values: dict[str, Scalar]) -> dict[str, Scalar]:
    try:
        return config.checked(charm, values)
    except Refused as error:
        raise Refused(
            f"{prefix}preparing application args: validating create application args: "
            f"validating application config: {error.message}",
            error.code,
        ) from None


def _refuse_unknown_resources(known: Iterable[str], asked: Iterable[str]) -> None:
    for name in sorted(set(asked) - set(known)):
        raise Refused(f'unrecognized resource "{name}"', "not-found")


def _refuse_unknown_storage(prefix: str, charm: Charm, asked: Mapping[str, str]) -> None:
    for name in sorted(set(asked) - charm.storage.keys()):
        raise Refused(
            f"{prefix}preparing application args: validating create application args: invalid "
            f'storage directive overrides: storage directive "{name}" does not exist in the charm',
            "not-found",
        )
    for name in sorted(asked):
        storage.refuse_unknown_pool(prefix, name, directives.read(asked[name]))


def _numbered(old: dict[str, Resource], new: dict[str, Resource]) -> dict[str, Resource]:
    """The new resources, each one revision beyond what it takes the place of."""
    return {
        name: edit.replace(resource, revision=old[name].revision + 1 if name in old else 0)
        for name, resource in new.items()
    }
