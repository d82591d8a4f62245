# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit has not been told of secrets."""

from collections.abc import Iterator
from datetime import datetime

from onebox.changes import secrets
from onebox.model import Hook, Secret
from onebox.scheduler._facts import Facts


def news(facts: Facts) -> Iterator[Hook]:
    """What the unit has not been told of secrets: expired, rotate, changed, remove."""
    owned = _owned(facts)
    for secret in owned:
        for number in _expired(facts, secret):
            yield _secret_hook("secret-expired", secret, secret.label, revision=number)
    for secret in owned:
        if secret.rotates is not None and secret.rotates <= facts.now:
            yield _secret_hook("secret-rotate", secret, secret.label)
    yield from _changed_secrets(facts)
    for secret in owned:
        for number in secrets.obsolete(secret):
            if f"{secret.id}/{number}" not in facts.local.secrets_removed:
                yield _secret_hook("secret-remove", secret, secret.label, revision=number)


def _owned(facts: Facts) -> list[Secret]:
    owners = {facts.unit.name}
    if facts.app.leader == facts.unit.name:
        owners.add(facts.app.name)
    return [s for s in facts.model.secrets.values() if s.owner in owners]


def _expired(facts: Facts, secret: Secret) -> Iterator[int]:
    for number, revision in sorted(secret.revisions.items()):
        again = facts.local.secrets_expired.get(f"{secret.id}/{number}")
        due = revision.expires is not None and revision.expires <= facts.now
        if due and (again is None or again <= facts.now):
            yield number


def _changed_secrets(facts: Facts) -> Iterator[Hook]:
    for secret in facts.model.secrets.values():
        record = secret.consumers.get(facts.unit.name)
        if record is None:
            continue
        told = max(facts.local.secrets.get(secret.id, 0), record.tracked)
        if secret.latest > told:
            mine = secret.owner in (facts.unit.name, facts.app.name)
            label = record.label or (secret.label if mine else "")
            hook = _secret_hook("secret-changed", secret, label)
            yield hook.model_copy(update={"version": secret.latest})


def _secret_hook(kind: str, secret: Secret, label: str, revision: int | None = None) -> Hook:
    return Hook(kind=kind, secret=secret.id, secret_label=label, secret_revision=revision)


def timers(facts: Facts) -> Iterator[datetime]:
    """When the secrets that a unit owns will have something to say."""
    for secret in _owned(facts):
        if secret.rotates is not None:
            yield secret.rotates
        for number, revision in secret.revisions.items():
            if revision.expires is not None:
                again = facts.local.secrets_expired.get(f"{secret.id}/{number}")
                yield again or revision.expires
