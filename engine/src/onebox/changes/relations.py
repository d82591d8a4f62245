# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Relations: which endpoints match, who is in scope, what the bags hold, and their end."""

from collections.abc import Mapping
from datetime import datetime

from onebox.changes import edit, secrets
from onebox.errors import Refused
from onebox.model import Bag, Endpoint, Model, Relation

JUJU_INFO = "juju-info"


def add(model: Model, a: str, b: str, now: datetime) -> tuple[Model, Relation]:
    """The model with a relation between `app[:endpoint]` texts, and that relation."""
    prefix = f'adding relation between endpoints "{a}" and "{b}": '
    try:
        ends = infer(model, a, b)
    except Refused as error:
        message = f'{prefix}cannot relate endpoints "{a}" and "{b}": {error.message}'
        raise Refused(message, error.code) from None
    if _find(model, ends) is not None:
        first = a.partition(":")[0]
        typed = sorted(ends, key=lambda end: end.application != first)
        named = " ".join(f"{e.application}:{e.name}" for e in typed)
        raise Refused(
            f'{prefix}cannot add relation "{a}", "{b}": relation {named}: already exists',
            "already-exists",
        )
    edit.refuse_dying(model, *(end.application for end in ends))
    _refuse_over_limit(model, ends)
    return make(model, ends, now)


def add_peers(model: Model, application: str, now: datetime) -> Model:
    """The model with every peer relation that the application's charm declares."""
    for endpoint in model.charm_of(application).endpoints.values():
        ends = (edit.replace(endpoint, application=application),)
        if endpoint.role == "peer" and _find(model, ends) is None:
            model, _ = make(model, ends, now)
    return model


def make(
    model: Model, ends: tuple[Endpoint, ...], now: datetime, **fields: str
) -> tuple[Model, Relation]:
    """The model with a relation between these very ends, and that relation."""
    model, number = edit.next_number(model, "relation")
    if any(end.scope == "container" for end in ends):
        ends = tuple(edit.replace(end, scope="container") for end in ends)
    relation = edit.replace(Relation(id=number, endpoints=ends, since=now), **fields)
    return edit.put(model, "relations", number, relation), relation


def infer(model: Model, a: str, b: str) -> tuple[Endpoint, Endpoint]:
    """The one pair of endpoints, provider first, that two texts can mean."""
    found = [
        (left, right, pair)
        for left in _candidates(model, a)
        for right in _candidates(model, b)
        if (pair := _pair(left, right)) is not None and _contains(model, pair)
    ]
    pairs = [pair for _, _, pair in found]
    explicit = [p for p in pairs if JUJU_INFO not in (p[0].name, p[1].name)]
    if len(pairs) == 1 or len(explicit) == 1:
        return (explicit or pairs)[0]
    if not pairs:
        raise Refused("no compatible endpoints found between applications", "not-found")
    meanings = sorted(
        f'"{left.application}:{left.name} {right.application}:{right.name}"'
        for left, right, _ in found
    )
    raise Refused(f'ambiguous relation: "{a} {b}" could refer to {"; ".join(meanings)}')


def find(model: Model, a: str, b: str) -> Relation:
    """The relation between two `app[:endpoint]` texts; Refused when there is none."""
    for relation in model.relations.values():
        ends = relation.endpoints
        if len(ends) == 2 and (_meant(ends, a, b) or _meant(ends, b, a)):
            return relation
    raise Refused(f"relation with endpoints [{a} {b}] or id 0 not found (not found)", "not-found")


def remove(model: Model, number: int, *, force: bool = False) -> Model:
    """The model with a relation on its way out; with `force` nobody waits for failed units."""
    relation = model.relations.get(number)
    if relation is None:
        raise Refused(
            f"relation with endpoints [] or id {number} not found (not found)", "not-found"
        )
    scope = frozenset(u for u in relation.scope if not _silent(relation, u))
    if force:
        scope = frozenset(
            u for u in scope if u not in model.units or not model.units[u].local.failures
        )
    model = edit.put_relation(model, relation, life="dying", scope=scope)
    return settle(model, number)


def _silent(relation: Relation, unit: str) -> bool:
    """Whether a unit runs no hooks of the relation: it provides the implicit endpoint."""
    ends = [e for e in relation.endpoints if e.application == unit.partition("/")[0]]
    return any((e.name, e.role) == (JUJU_INFO, "provider") for e in ends)


def open_bag(model: Model, number: int, unit: str) -> Model:
    """The model with the unit's own bag, as the agent fills it before the first hook."""
    relation = model.relations.get(number)
    if relation is None or unit in relation.units:
        return model
    machine = model.machines.get(model.units[unit].machine)
    return update_bag(model, number, unit, network_keys(machine.address) if machine else {})


def network_keys(address: str) -> dict[str, str]:
    """What the agent itself writes into a unit's bags."""
    return {"ingress-address": address, "egress-subnets": f"{address}/32"}


def numbered(model: Model, text: str) -> int:
    """The relation that a text such as `database:3`, or only `3`, means; else Refused."""
    number = text.rpartition(":")[2]
    if not number.isdecimal() or int(number) not in model.relations:
        raise Refused(f'relation "{text}" not found', "not-found")
    return int(number)


def enter_scope(model: Model, number: int, unit: str) -> Model:
    """The model with the unit visible to the other side."""
    model = open_bag(model, number, unit)
    relation = model.relations.get(number)
    if relation is None or unit in relation.scope:
        return model
    return edit.put_relation(model, relation, scope=relation.scope | {unit})


def leave_scope(model: Model, number: int, unit: str) -> Model:
    """The model with the unit no longer visible; its last bag stays as long as the relation."""
    relation = model.relations.get(number)
    if relation is None or unit not in relation.scope:
        return settle(model, number)
    model = edit.put_relation(model, relation, scope=relation.scope - {unit})
    return settle(model, number)


def settle(model: Model, number: int) -> Model:
    """The model without the relation, once it is dying and no unit is busy with it."""
    relation = model.relations.get(number)
    if relation is None or relation.life == "alive" or relation.scope:
        return model
    if any(_busy(model, name, number) for name in model.units):
        return model
    return drop(model, number)


def drop(model: Model, number: int) -> Model:
    """The model without a relation, without what was granted through it or told about it."""
    model = secrets.relation_gone(model, number)
    for unit in model.units.values():
        if number in unit.local.relations:
            kept = {k: v for k, v in unit.local.relations.items() if k != number}
            model = edit.put_unit(model, unit, local=edit.replace(unit.local, relations=kept))
    return edit.drop(model, "relations", number)


def update_bag(model: Model, number: int, owner: str, values: Mapping[str, str]) -> Model:
    """The model with other values in a bag; an empty value deletes its key.

    `owner` is a unit or an application. The bag's version grows only by a real change, and
    nothing happens when the relation is gone.
    """
    relation = model.relations.get(number)
    if relation is None:
        return model
    family = "units" if "/" in owner else "applications"
    bags: dict[str, Bag] = getattr(relation, family)
    bag = bags.get(owner, Bag())
    data = {k: v for k, v in {**bag.data, **values}.items() if v}
    if data == bag.data:
        return model
    bag = Bag(data=data, version=bag.version + 1)
    return edit.put_relation(model, relation, **{family: {**bags, owner: bag}})


def _busy(model: Model, unit: str, number: int) -> bool:
    """Whether a unit runs its first hook of a relation; one that has failed is in scope."""
    local = model.units[unit].local
    running = local.progress == "pending" and not local.failures
    return running and local.hook is not None and local.hook.relation == number


def _candidates(model: Model, text: str) -> list[Endpoint]:
    application, _, name = text.partition(":")
    if (remote := model.remotes.get(application)) and remote.url:
        declared = remote.endpoints.values()
    elif application in model.applications:
        declared = model.charm_of(application).endpoints.values()
    else:
        raise Refused(f"no candidates for {text}: relation endpoint not found", "not-found")
    implicit = Endpoint(
        application=application, name=JUJU_INFO, interface=JUJU_INFO, role="provider"
    )
    ends = [implicit, *(edit.replace(e, application=application) for e in declared)]
    found = [e for e in ends if name in ("", e.name)]
    if not found:
        raise Refused(f"no candidates for {text}: relation endpoint not found", "not-found")
    return found


def _pair(left: Endpoint, right: Endpoint) -> tuple[Endpoint, Endpoint] | None:
    if left.application == right.application or left.interface != right.interface:
        return None
    if (left.role, right.role) == ("provider", "requirer"):
        return left, right
    return (right, left) if (left.role, right.role) == ("requirer", "provider") else None


def _contains(model: Model, pair: tuple[Endpoint, Endpoint]) -> bool:
    """Whether a relation in container scope has a subordinate in it, as it must."""
    if "container" not in (pair[0].scope, pair[1].scope):
        return True
    names = [e.application for e in pair]
    return any(n in model.applications and model.charm_of(n).subordinate for n in names)


def _meant(ends: tuple[Endpoint, ...], a: str, b: str) -> bool:
    return all(
        text in (end.application, f"{end.application}:{end.name}")
        for end, text in zip(ends, (a, b), strict=True)
    )


def _names(ends: tuple[Endpoint, ...]) -> list[tuple[str, str]]:
    return [(e.application, e.name) for e in ends]


def _find(model: Model, ends: tuple[Endpoint, ...]) -> Relation | None:
    return next((r for r in model.relations.values() if _names(r.endpoints) == _names(ends)), None)


def _refuse_over_limit(model: Model, ends: tuple[Endpoint, ...]) -> None:
    for end in ends:
        taken = [
            r
            for r in model.relations_of(end.application)
            if r.endpoint_of(end.application).name == end.name
        ]
        if end.limit and len(taken) >= end.limit:
            raise Refused(
                f"establishing a new relation for {end.application}:{end.name} "
                f"would exceed its maximum relation limit of {end.limit}: quota limit exceeded"
            )
