# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A relation that crosses models is two halves; each model holds what the other's side has said.

Level-triggered: a half is made to agree with the other as it is now, whatever happened in
between. The application across has a stand-in in each model: the alias it was consumed by, or
`remote-<hex>` in the offering model. Units, bags, granted secrets and their readers are copied
under the stand-in's name; to the rest of the engine they are like any others.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from onebox.changes import edit, relations, secrets, units
from onebox.model import Bag, Consumer, Grant, Model, Relation, Remote, Secret


@dataclass(frozen=True)
class Half:
    """One model's half of a relation.

    Attributes:
        model: the model it is in.
        relation: its number there.
        own: the application that lives there.
        stand_in: what the application across is called there.
    """

    model: Model
    relation: int
    own: str
    stand_in: str


def origin_of(model: Model, relation: Relation) -> str:
    """How the offering model remembers the consuming half."""
    return f"{model.uuid}:{relation.id}"


def half(model: Model, relation: Relation) -> Half | None:
    """The half that a relation is; None for a relation within one model."""
    for end in relation.endpoints:
        if end.application in model.remotes:
            own = relation.other(end.application).application
            return Half(model, relation.id, own, end.application)
    return None


def accepted(offering: Model, consuming: Model, relation: Relation, now: datetime) -> Model:
    """The offering model with its half of a new relation; unchanged when the offer is gone."""
    mine = half(consuming, relation)
    origin = origin_of(consuming, relation)
    if mine is None or any(r.origin == origin for r in offering.relations.values()):
        return offering
    name = consuming.remotes[mine.stand_in].url.rpartition(".")[2]
    offer = offering.offers.get(name)
    wanted = relation.endpoint_of(mine.stand_in).name
    if offer is None or wanted not in (*offer.endpoints, relations.JUJU_INFO):
        return offering
    stand_in = f"remote-{uuid5(UUID(consuming.uuid), mine.own).hex}"
    model = edit.put(
        offering, "remotes", stand_in, Remote(name=stand_in, model=consuming.uuid, since=now)
    )
    names = {mine.own: stand_in, mine.stand_in: offer.application}
    ends = tuple(edit.replace(e, application=names[e.application]) for e in relation.endpoints)
    return relations.make(model, ends, now, origin=origin, offer=name)[0]


def linked(consuming: Model, number: int) -> Model:
    """The consuming model, which now knows that the other half is there."""
    relation = consuming.relations.get(number)
    if relation is None or relation.linked:
        return consuming
    return edit.put_relation(consuming, relation, linked=True)


def severed(model: Model, number: int) -> Model:
    """The model with a half whose other half is gone: it ends as if it had been removed."""
    relation = model.relations.get(number)
    if relation is None:
        return model
    found = half(model, relation)
    if relation.life == "alive":
        model = relations.remove(model, number)
    return _settled(model, number, found.stand_in if found else "")


def agreed(target: Half, source: Half) -> Model:
    """The target's model with all that the source's own application has said."""
    model = target.model
    here, there = model.relations[target.relation], source.model.relations[source.relation]
    if "dying" in (here.life, there.life):
        return severed(_shared(target, source), here.id)
    told = frozenset(_named(u, target.stand_in) for u in there.scope if _is_of(u, source.own))
    kept = frozenset(u for u in here.scope if not _is_of(u, target.stand_in))
    model = _with_bags(model, here.id, target.stand_in, there, source.own)
    scope = told | kept
    if scope != frozenset(here.scope):
        model = edit.put_relation(model, model.relations[here.id], scope=scope)
    return _shared(Half(model, target.relation, target.own, target.stand_in), source)


def _settled(model: Model, number: int, stand_in: str) -> Model:
    """The model in which the units across have left a dying relation, and what that ends."""
    relation = model.relations.get(number)
    if relation is not None:
        kept = frozenset(u for u in relation.scope if not _is_of(u, stand_in))
        if kept != relation.scope:
            model = edit.put_relation(model, relation, scope=kept)
        model = relations.settle(model, number)
    return units.sweep(model)


def _with_bags(model: Model, number: int, stand_in: str, there: Relation, own: str) -> Model:
    bags: dict[str, Bag] = {
        _named(u, stand_in): b for u, b in there.units.items() if _is_of(u, own)
    }
    if own in there.applications:
        bags[stand_in] = there.applications[own]
    for owner, bag in bags.items():
        relation = model.relations[number]
        held = (relation.units if "/" in owner else relation.applications).get(owner, Bag())
        gone = dict.fromkeys(held.data.keys() - bag.data.keys(), "")
        model = relations.update_bag(model, number, owner, {**gone, **bag.data})
    return model


# -- secrets -----------------------------------------------------------------------------------


def _shared(target: Half, source: Half) -> Model:
    """The target's model with the secrets it was granted, and with who reads its own across."""
    model = target.model
    granted = {
        s.id: grants
        for s in source.model.secrets.values()
        if (grants := _grants(s, target, source))
    }
    copies = {s.id for s in secrets.owned_by(model, target.stand_in)}
    for id_ in sorted(copies | granted.keys()):
        model = _copied(model, id_, source.model, granted.get(id_, ()), target)
    for secret in tuple(model.secrets.values()):
        if secret.owner.partition("/")[0] == target.own:
            model = _read_across(model, secret, target, source)
    return model


def _grants(secret: Secret, target: Half, source: Half) -> tuple[Grant, ...]:
    if secret.owner.partition("/")[0] != source.own:
        return ()
    return tuple(
        Grant(target=_named(g.target, target.own), relation=target.relation)
        for g in secret.grants
        if g.relation == source.relation and _is_of(g.target, source.stand_in)
    )


def _copied(
    model: Model, id_: str, source: Model, granted: tuple[Grant, ...], target: Half
) -> Model:
    """The model with a copy of a secret as it is now, or without one that nothing grants."""
    original, held = source.secrets.get(id_), model.secrets.get(id_)
    others = tuple(g for g in held.grants if g.relation != target.relation) if held else ()
    if original is None or not (granted or others):
        return edit.drop(model, "secrets", id_) if held else model
    copy = edit.replace(
        original,
        owner=target.stand_in,
        label="",
        rotate="never",
        rotates=None,
        auto_prune=False,
        grants=(*others, *granted),
        consumers=held.consumers if held else {},
    )
    return model if copy == held else edit.put(model, "secrets", id_, copy)


def _read_across(model: Model, secret: Secret, target: Half, source: Half) -> Model:
    """The model in which a secret's readers across are those that its copy has there."""
    copy = source.model.secrets.get(secret.id)
    across: dict[str, Consumer] = {}
    if copy is not None and copy.owner == source.stand_in:
        readers = copy.consumers.items()
        across = {_named(u, target.stand_in): Consumer(tracked=c.tracked) for u, c in readers}
    here = {u: c for u, c in secret.consumers.items() if not _is_of(u, target.stand_in)}
    if {**here, **across} == secret.consumers:
        return model
    fresh = edit.replace(secret, consumers={**here, **across})
    return secrets.prune(edit.put(model, "secrets", secret.id, fresh), secret.id)


# -- names -------------------------------------------------------------------------------------


def _is_of(name: str, application: str) -> bool:
    return name.partition("/")[0] == application


def _named(name: str, application: str) -> str:
    """A unit or application of one name under that of another application."""
    _, slash, number = name.partition("/")
    return f"{application}{slash}{number}"
