# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit has not been told of its relations."""

from collections.abc import Iterator

from onebox.model import Hook, Relation, RelationSeen
from onebox.scheduler._facts import Facts
from onebox.scheduler._steps import Note, RunHook, Step


def relations_of(facts: Facts) -> list[Relation]:
    """The relations that give the unit hooks: those with others before those with peers."""
    found = [
        r
        for r in facts.model.relations_of(facts.app.name)
        # The provider of the implicit endpoint runs no hooks for it.
        if (end := r.endpoint_of(facts.app.name)).role != "provider" or end.name != "juju-info"
    ]
    return sorted(found, key=lambda r: (len(r.endpoints) == 1, r.id))


def leave(facts: Facts, relation: Relation) -> Step | None:
    """The next step out of a relation: all members depart, then it breaks for this unit."""
    seen = facts.local.relations.get(relation.id)
    if seen is None or len(relation.endpoints) == 1:
        if seen is not None and seen.joined:
            return RunHook(_departed(facts, relation, min(seen.joined)))
        return Note("leave", relation.id) if facts.unit.name in relation.scope else None
    if seen.broken:
        return None
    if seen.joined:
        return RunHook(_departed(facts, relation, min(seen.joined)))
    return RunHook(hook(facts, relation, "relation-broken"))


def news(facts: Facts, relation: Relation) -> Iterator[Hook]:
    """What the unit has not been told of a living relation, in Juju's order."""
    seen = facts.local.relations.get(relation.id, RelationSeen())
    members = _members(facts, relation)
    for name in sorted(seen.joined.keys() - members):
        yield _departed(facts, relation, name)
    remote = relation.applications.get(relation.other(facts.app.name).application)
    if remote is not None and remote.version != seen.application:
        yield hook(facts, relation, "relation-changed")
    for name in sorted(members - seen.joined.keys()):
        yield hook(facts, relation, "relation-joined", name)
    for name in sorted(seen.joined):
        if version(relation, name) != seen.joined[name]:
            yield hook(facts, relation, "relation-changed", name)


def _members(facts: Facts, relation: Relation) -> frozenset[str]:
    other = relation.other(facts.app.name).application
    mine = facts.unit.name
    found = (u for u in relation.scope if u != mine and u.partition("/")[0] == other)
    if not relation.contained:
        return frozenset(found)
    return frozenset(u for u in found if _together(facts, u))


def _together(facts: Facts, other: str) -> bool:
    """Whether another unit is the unit's principal, its subordinate, or has the same principal."""
    there = facts.model.units.get(other)
    mine = facts.unit.principal or facts.unit.name
    return there is not None and mine == (there.principal or there.name)


def version(relation: Relation, owner: str) -> int:
    """The version of a unit's or an application's bag."""
    bags = relation.units if "/" in owner else relation.applications
    return bags[owner].version if owner in bags else 0


def hook(facts: Facts, relation: Relation, kind: str, remote: str | None = None) -> Hook:
    """A hook of a relation, with the version of the bag that it tells of."""
    application = relation.other(facts.app.name).application
    return Hook(
        kind=kind,
        relation=relation.id,
        remote_unit=remote,
        remote_app=application,
        version=version(relation, remote or application),
    )


def _departed(facts: Facts, relation: Relation, remote: str) -> Hook:
    leaving = not facts.alive or facts.app.life != "alive"
    departed = hook(facts, relation, "relation-departed", remote)
    return departed.model_copy(update={"departing_unit": facts.unit.name if leaving else remote})
