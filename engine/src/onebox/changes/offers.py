# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers and what is consumed: the operator's part of relations that cross models."""

from datetime import datetime

from onebox.changes import edit, relations, secrets
from onebox.errors import Refused
from onebox.model import Endpoint, Model, Offer, Remote


def offer(
    model: Model, application: str, endpoints: tuple[str, ...], name: str, now: datetime
) -> Model:
    """The model that offers endpoints of an application; a known name offers anew."""
    if application not in model.applications:
        raise Refused(f'application "{application}" not found in model "{model.uuid}"')
    edit.refuse_dying(model, application)
    declared = model.charm_of(application).endpoints
    unknown = [e for e in endpoints if e not in declared and e != relations.JUJU_INFO]
    if unknown:
        listed = ", ".join(f'"{e}"' for e in unknown)
        raise Refused(f'creating offer "{name}": {listed}: endpoint not found', "not-found")
    held = model.offers.get(name)
    if held is not None and held.application != application:
        raise Refused(f'creating offer "{name}": offer "{name}" already exists', "already-exists")
    created = held.created if held else now
    fresh = Offer(name=name, application=application, endpoints=endpoints, created=created)
    return edit.put(model, "offers", name, fresh)


def remove(model: Model, name: str, *, force: bool = False) -> Model:
    """The model without an offer; one in use goes only by force, with its relations."""
    if name not in model.offers:
        raise Refused(f'"{name}": offer not found', "not-found")
    used = [r.id for r in model.relations.values() if r.offer == name]
    if used and not force:
        count = f"{len(used)} relation{'s' if len(used) > 1 else ''}"
        raise Refused(f'cannot delete application offer "{name}": offer has {count}')
    for number in used:
        model = relations.remove(model, number, force=force)
    return edit.drop(model, "offers", name)


def refuse_offered(model: Model, application: str) -> None:
    """Refuses to remove an application while other models may consume it."""
    count = sum(o.application == application for o in model.offers.values())
    if count:
        offers = f"{count} offer{'s' if count > 1 else ''}"
        raise Refused(
            f'cannot destroy application "{application}": application is used by {offers}; '
            'remove each with "juju remove-offer", or add --force'
        )


def consume(
    model: Model, offering: Model, offered: str, alias: str, url: str, now: datetime
) -> Model:
    """The model in which an offer of another one is known as `alias`."""
    if offering.uuid == model.uuid:
        raise Refused(f'offer "{url}" is in this very model: integrate with the application')
    if alias in model.applications:
        raise Refused(
            f'cannot add saas application "{alias}": local application with same name exists',
            "already-exists",
        )
    held = model.remotes.get(alias)
    if held is not None and held.url != url:
        raise Refused(
            f'saas application called "{alias}" from a different model already exists',
            "already-exists",
        )
    source = offering.offers[offered]
    declared = offering.charm_of(source.application).endpoints
    endpoints = {e: _known_as(declared[e], alias) for e in source.endpoints if e in declared}
    fresh = Remote(
        name=alias,
        model=offering.uuid,
        url=url,
        endpoints=endpoints,
        since=held.since if held else now,
    )
    return edit.put(model, "remotes", alias, fresh)


def forget(model: Model, name: str, *, force: bool = False) -> Model:
    """The model in which a consumed offer is on its way out, with its relations."""
    remote = model.remotes.get(name)
    if remote is None or not remote.url:
        raise Refused(f'SAAS application "{name}" not found', "not-found")
    model = edit.put(model, "remotes", name, edit.replace(remote, life="dying"))
    for relation in model.relations_of(name):
        model = relations.remove(model, relation.id, force=force)
    return sweep(model)


def sweep(model: Model) -> Model:
    """The model without the remote applications that nothing needs any more."""
    for remote in model.remotes.values():
        needed = remote.url and remote.life == "alive"
        if not needed and not model.relations_of(remote.name):
            model = edit.drop(model, "remotes", remote.name)
            model = secrets.reader_gone(model, remote.name)
    return model


def _known_as(endpoint: Endpoint, application: str) -> Endpoint:
    return edit.replace(endpoint, application=application)
