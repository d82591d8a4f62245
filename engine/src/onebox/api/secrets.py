# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets of people: added, updated, granted and shown. Contents travel as base64 texts."""

from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import secrets
from onebox.changes.secrets import Draft
from onebox.errors import Refused
from onebox.hooktools.secrets import new_id
from onebox.model import Model

method = Methods()


@method
def add_secret(
    agents: Agents, model: str, name: str, content: dict[str, str], description: str = ""
) -> str:
    """A secret of the model; its URI."""
    draft = Draft(
        new_id(), owner=secrets.USER, content=content, label=name, description=description
    )
    now = agents.engine.now()
    transact(agents, model, lambda m: secrets.create(m, draft, now))
    return f"secret:{draft.id}"


@method
def update_secret(
    agents: Agents,
    model: str,
    secret: str,
    content: dict[str, str] | None = None,
    description: str | None = None,
    name: str | None = None,
    auto_prune: bool | None = None,
) -> None:
    """Another revision, or another name or description."""
    now = agents.engine.now()

    def change(before: Model) -> Model:
        draft = Draft(
            _own(before, secret),
            content=content or None,
            label=name,
            description=description,
            auto_prune=auto_prune,
        )
        return secrets.revise(before, draft, now)

    transact(agents, model, change)


@method
def grant_secret(agents: Agents, model: str, secret: str, applications: list[str]) -> None:
    """Applications that may read the secret."""

    def change(before: Model) -> Model:
        for name in applications:
            before = secrets.grant(before, _given(before, secret, name), name, None)
        return before

    transact(agents, model, change)


@method
def revoke_secret(agents: Agents, model: str, secret: str, applications: list[str]) -> None:
    """Applications that may no longer read the secret."""

    def change(before: Model) -> Model:
        for name in applications:
            before = secrets.revoke(before, _given(before, secret, name), name)
        return before

    transact(agents, model, change)


@method
def remove_secret(agents: Agents, model: str, secret: str, revision: int | None = None) -> None:
    """The end of a secret, or of one of its revisions."""
    gone = () if revision is None else (revision,)

    def change(before: Model) -> Model:
        found = secrets.own(before, secret)
        if revision is not None and revision not in found.revisions:
            place = f"secret:{found.id}/{revision}"
            raise Refused(f"secret revision not found: {place}", "not-found")
        return secrets.remove(before, found.id, gone)

    transact(agents, model, change)


@method
def show_secret(agents: Agents, model: str, secret: str, reveal: bool = False) -> dict[str, Any]:
    """A secret; with its contents only if they are asked for."""
    found = secrets.named(agents.engine.store.read(model), secret)
    hidden = None if reveal else {"revisions": {"__all__": {"content"}}}
    return found.model_dump(mode="json", exclude=hidden)


def _own(model: Model, text: str) -> str:
    """The id of a secret of the model's own; those of charms are theirs to change."""
    return secrets.own(model, text).id


def _given(model: Model, text: str, application: str) -> str:
    """The same, of a secret that an application is to read or no longer to read."""
    found = _own(model, text)
    if application not in model.applications:
        raise Refused(
            f'cannot change access to "secret:{found}" for "{application}": '
            f'application "{application}" not found',
            "not-found",
        )
    return found
