# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets: their revisions, who may read them, and which revision each reader tracks."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from onebox.changes import edit
from onebox.errors import Refused, known
from onebox.model import Consumer, Grant, Model, Revision, Secret

# The owner of secrets that a person adds with `juju add-secret`.
USER = "<model>"
_ID = re.compile(r"(?:secret:(?://[^/]+/)?)?[0-9a-v]{20}")

# How long Juju waits before it reminds an owner who did not act on a rotate or expired event.
REMINDER = timedelta(minutes=5)

T = TypeVar("T")

POLICIES: dict[str, Callable[[datetime], datetime | None]] = {
    "never": lambda _: None,
    "hourly": lambda t: t + timedelta(hours=1),
    "daily": lambda t: t + timedelta(days=1),
    "weekly": lambda t: t + timedelta(days=7),
    "monthly": lambda t: months_later(t, 1),
    "quarterly": lambda t: months_later(t, 3),
    "yearly": lambda t: months_later(t, 12),
}


@dataclass(frozen=True)
class Draft:
    """What shall be of a secret; None leaves a field as it is.

    Attributes:
        id: the bare id.
        owner: an application, a unit or `USER`; only a new secret takes it.
        content: key to base64 text, as on Juju's wire.
        rotate: one of `POLICIES`.
        auto_prune: whether revisions that nobody tracks vanish by themselves.
    """

    id: str
    owner: str = ""
    content: Mapping[str, str] | None = None
    label: str | None = None
    description: str | None = None
    expires: datetime | None = None
    rotate: str | None = None
    auto_prune: bool | None = None

    def then(self, later: Draft) -> Draft:
        """Both in one: what `later` leaves open stays. So several edits make one revision."""
        names = ("content", "label", "description", "expires", "rotate", "auto_prune")
        given = {n: getattr(later, n) for n in names if getattr(later, n) is not None}
        return dataclasses.replace(self, **given)


# -- making and editing ------------------------------------------------------------------------


def create(model: Model, draft: Draft, now: datetime) -> Model:
    """The model with a new secret; Refused when its owner has one of that label."""
    _refuse_label(model, draft.owner, draft.label, draft.id)
    secret = Secret(
        id=draft.id,
        owner=draft.owner,
        label=draft.label or "",
        description=draft.description or "",
        rotate=draft.rotate or "never",
        rotates=POLICIES[draft.rotate or "never"](now),
        revisions={1: _revision(1, draft, now)},
        auto_prune=bool(draft.auto_prune),
        created=now,
        updated=now,
    )
    return edit.put(model, "secrets", secret.id, secret)


def revise(model: Model, draft: Draft, now: datetime) -> Model:
    """The model with an edited secret; the same content again makes no new revision."""
    secret = find(model, draft.id)
    _refuse_label(model, secret.owner, draft.label, secret.id)
    secret = _with_revision(secret, draft, now)
    if draft.rotate is not None and draft.rotate != secret.rotate:
        secret = edit.replace(secret, rotate=draft.rotate, rotates=POLICIES[draft.rotate](now))
    secret = edit.replace(
        secret,
        label=_either(draft.label, secret.label),
        description=_either(draft.description, secret.description),
        auto_prune=_either(draft.auto_prune, secret.auto_prune),
        updated=now,
    )
    return prune(_put(model, secret), secret.id)


def _with_revision(secret: Secret, draft: Draft, now: datetime) -> Secret:
    """The secret with a new revision, or with another expiry of its latest one."""
    newest = secret.revisions.get(secret.latest)
    if draft.content is not None and not (newest and newest.checksum == checksum(draft.content)):
        number = secret.latest + 1
        revisions = {**secret.revisions, number: _revision(number, draft, now)}
        rotates = POLICIES[secret.rotate](now)
        return edit.replace(secret, latest=number, revisions=revisions, rotates=rotates)
    if draft.expires is not None and newest is not None:
        newest = edit.replace(newest, expires=draft.expires)
        return edit.replace(secret, revisions={**secret.revisions, secret.latest: newest})
    return secret


def _revision(number: int, draft: Draft, now: datetime) -> Revision:
    content = dict(draft.content or {})
    return Revision(
        number=number,
        content=content,
        checksum=checksum(content),
        created=now,
        expires=draft.expires,
    )


def checksum(content: Mapping[str, str]) -> str:
    """The SHA-256 by which Juju recognises content: over compact JSON of the base64 texts."""
    text = json.dumps(dict(content), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_label(model: Model, owner: str, label: str | None, but: str) -> None:
    """Refuse a label that another secret of the same owner has."""
    if not label:
        return
    if any(s.label == label and s.id != but for s in owned_by(model, owner)):
        kind = "name" if owner == USER else "label"
        raise Refused(f'secret with {kind} "{label}" already exists', "already-exists")


# -- taking away -------------------------------------------------------------------------------


def remove(model: Model, id_: str, revisions: Iterable[int] = ()) -> Model:
    """The model without a secret, or without some of its revisions; the last takes all along."""
    secret, gone = find(model, id_), set(revisions)
    kept = {n: r for n, r in secret.revisions.items() if n not in gone}
    if not gone or not kept:
        return edit.drop(model, "secrets", id_)
    return _put(model, edit.replace(secret, revisions=kept))


def obsolete(secret: Secret) -> tuple[int, ...]:
    """The revisions that are not the latest and that nobody tracks, in order."""
    wanted = {c.tracked for c in secret.consumers.values()} | {secret.latest}
    return tuple(n for n in sorted(secret.revisions) if n not in wanted)


def prune(model: Model, id_: str) -> Model:
    """The model without obsolete revisions of a secret that prunes itself."""
    secret = model.secrets[id_]
    if not secret.auto_prune or not obsolete(secret):
        return model
    return remove(model, id_, obsolete(secret))


# -- reading -----------------------------------------------------------------------------------


def may_read(model: Model, secret: Secret, unit: str) -> bool:
    """Whether a unit may read: its owner, the owner's peers, and who was granted it."""
    application = unit.partition("/")[0]
    if secret.owner in (unit, application):
        return True
    return any(
        g.target in (unit, application) and (g.relation is None or g.relation in model.relations)
        for g in secret.grants
    )


def track(
    model: Model, id_: str, unit: str, *, refresh: bool = False, label: str | None = None
) -> Model:
    """The model with a unit as reader of the latest revision, or with its record renewed.

    Args:
        model: the model.
        id_: the secret.
        unit: the reader.
        refresh: a known reader moves on to the latest revision.
        label: the reader's own name for the secret, if it gives one now.
    """
    secret = find(model, id_)
    record = secret.consumers.get(unit)
    if label:
        _refuse_consumer_label(model, unit, label, id_)
    fresh = Consumer(
        tracked=secret.latest if record is None or refresh else record.tracked,
        label=label or (record.label if record else ""),
    )
    if fresh == record:
        return model
    model = _put(model, edit.replace(secret, consumers={**secret.consumers, unit: fresh}))
    return prune(model if record else _told(model, unit, secret), id_)


def _told(model: Model, unit: str, secret: Secret) -> Model:
    """A first reader knows the latest revision: it needs no secret-changed for that one."""
    reader = model.units.get(unit)
    if reader is None:
        return model
    told = {**reader.local.secrets, secret.id: secret.latest}
    return edit.put_unit(model, reader, local=edit.replace(reader.local, secrets=told))


def _refuse_consumer_label(model: Model, unit: str, label: str, but: str) -> None:
    for secret in model.secrets.values():
        record = secret.consumers.get(unit)
        if secret.id != but and record is not None and record.label == label:
            raise Refused(f'secret with label "{label}" already exists', "already-exists")


# -- granting ----------------------------------------------------------------------------------


def grant(model: Model, id_: str, target: str, relation: int | None) -> Model:
    """The model with an application or unit as reader, for as long as the relation lasts."""
    secret = find(model, id_)
    application = target.partition("/")[0]
    same = [g for g in secret.grants if g.relation == relation]
    held = {g.target for g in same}
    if target in held or application in held:
        return model
    if target == application and any(t.startswith(f"{application}/") for t in held):
        raise Refused(
            "any unit level grants need to be revoked before granting access"
            " to the corresponding application"
        )
    grants = (*secret.grants, Grant(target=target, relation=relation))
    return _put(model, edit.replace(secret, grants=grants))


def revoke(model: Model, id_: str, target: str, relation: int | None = None) -> Model:
    """The model without a target's grants (of one relation); an application's units included."""
    secret = find(model, id_)

    def goes(held: Grant) -> bool:
        mine = held.target == target or held.target.startswith(f"{target}/")
        return mine and relation in (None, held.relation)

    return _put(model, edit.replace(secret, grants=tuple(g for g in secret.grants if not goes(g))))


# -- when others go ----------------------------------------------------------------------------


def relation_gone(model: Model, relation: int) -> Model:
    """The model without the grants that a relation carried, and copies they alone kept."""
    for secret in model.secrets.values():
        kept = tuple(g for g in secret.grants if g.relation != relation)
        if kept == secret.grants:
            continue
        if not kept and secret.owner in model.remotes:
            model = edit.drop(model, "secrets", secret.id)
        else:
            model = _put(model, edit.replace(secret, grants=kept))
    return model


def reader_gone(model: Model, application: str) -> Model:
    """The model in which no unit of a remote application reads anything any more."""
    for secret in model.secrets.values():
        kept = {u: c for u, c in secret.consumers.items() if u.partition("/")[0] != application}
        if kept != secret.consumers:
            model = prune(_put(model, edit.replace(secret, consumers=kept)), secret.id)
    return model


def owner_gone(model: Model, name: str) -> Model:
    """The model without what a unit or application owned, read and was granted."""
    model = edit.drop(model, "secrets", *(s.id for s in owned_by(model, name)))
    for secret in model.secrets.values():
        grants = tuple(g for g in secret.grants if g.target != name)
        consumers = {u: c for u, c in secret.consumers.items() if u != name}
        if grants != secret.grants or consumers != secret.consumers:
            model = _put(model, edit.replace(secret, grants=grants, consumers=consumers))
            model = prune(model, secret.id)
    return model


# -- time --------------------------------------------------------------------------------------


def remind_of_rotation(model: Model, id_: str, now: datetime) -> Model:
    """The model after a secret-rotate hook: it comes again soon unless a revision was added."""
    secret = model.secrets.get(id_)
    if secret is None or secret.rotates is None or secret.rotates > now:
        return model
    return _put(model, edit.replace(secret, rotates=now + REMINDER))


def months_later(time: datetime, months: int) -> datetime:
    """The same day some months later, as Go counts: 31 January and one month is 3 March."""
    years, month = divmod(time.month - 1 + months, 12)
    first = time.replace(year=time.year + years, month=month + 1, day=1)
    return first + timedelta(days=time.day - 1)


# -- finding -----------------------------------------------------------------------------------


def find(model: Model, id_: str) -> Secret:
    """The secret of a bare id; Refused when there is none."""
    return known(model.secrets, "secret", id_)


def named(model: Model, text: str) -> Secret:
    """The secret that a person means: an id, a URI or a user secret's name; else Refused."""
    found = model.secrets.get(text.rpartition("/")[2].removeprefix("secret:"))
    if found is None:
        found = next((s for s in owned_by(model, USER) if s.label == text), None)
    if found is None:
        raise Refused(f'secret "{text}" not found', "not-found")
    return found


def own(model: Model, text: str) -> Secret:
    """The secret that a person may change; Refused for none, and for a charm's."""
    if not _ID.fullmatch(text) and not any(s.label == text for s in owned_by(model, USER)):
        raise Refused(
            f'getting user secret for label "{text}": secret with label "{text}" not found '
            "(secret not found)",
            "no-such-label",
        )
    found = named(model, text)
    if found.owner != USER:
        raise Refused("permission denied", "unauthorized")
    return found


def owned_by(model: Model, owner: str) -> list[Secret]:
    """The secrets of one owner."""
    return [s for s in model.secrets.values() if s.owner == owner]


def _put(model: Model, secret: Secret) -> Model:
    return edit.put(model, "secrets", secret.id, secret)


def _either(new: T | None, old: T) -> T:
    return old if new is None else new
