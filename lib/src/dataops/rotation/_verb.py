# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The verb `rotate-passwords`, as far as it is the same for every charm.

It only writes down what is wanted and looks how far it is: the charm's own plan makes the change.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import pydantic

from dataops.operations import Context, OperationError, Params, Pending, Result, Scope, Verb
from dataops.rolling import Go, Hold
from dataops.rotation._rotation import BY_HAND, Change, Rotation


class RotatePasswords(Params):
    """How an old credential is let go.

    Attributes:
        quiet: seconds for which it must have been silent when its client does not say what it
            works with, as clients outside the model and published charms do not.
        force: let it go even though its client still works with it: that client is locked out.
    """

    quiet: int = pydantic.Field(default=60, ge=0)
    force: bool = False


class Credential(Result):
    """One client's change.

    Attributes:
        client: whose: a relation and request, or what the charm calls it.
        old, new: users.
        fingerprint: of the new password: the first eight hex digits of its SHA-256.
        refused: whether the old password was tried afterwards and refused.
    """

    client: str
    old: str
    new: str
    fingerprint: str
    refused: bool


class PasswordsRotated(Result):
    """What was changed."""

    summary: str
    credentials: tuple[Credential, ...]


class Site(Protocol):
    """What a charm knows and can do about its change of credentials."""

    @property
    def rotation(self) -> Rotation | None:
        """The last change, finished or not."""
        ...

    def agree(self, rotation: Rotation) -> None:
        """Write it down, for every later hook."""
        ...

    def waiting(self, rotation: Rotation) -> str:
        """What it waits for, for the operator; empty when for nobody."""
        ...

    def fingerprint(self, change: Change) -> str:
        """Of the new password."""
        ...


def rotating(
    description: str,
    run: Callable[[Context[Any, Any, RotatePasswords]], PasswordsRotated],
    guard: Callable[[Context[Any, Any, RotatePasswords]], Go | Hold] | None = None,
) -> Verb[Any, Any, RotatePasswords, PasswordsRotated]:
    """The verb of a charm; its `run` ends with `proceed`."""
    return Verb(
        name="rotate-passwords",
        description=description,
        run=run,
        params=RotatePasswords,
        result=PasswordsRotated,
        scope=Scope.LEADER,
        mutating=True,
        guard=guard,
    )


def proceed(context: Context[Any, Any, RotatePasswords], site: Site) -> PasswordsRotated:
    """What was changed, once it has ended.

    Raises:
        Pending: it has been asked for, or is under way.
        OperationError: it has ended and changed nothing.
    """
    rotation = site.rotation
    asked = Rotation(context.task or BY_HAND, context.params.quiet, context.params.force)
    if rotation is None or (rotation.finished and not rotation.answers(asked)):
        site.agree(asked)
        raise Pending("new credentials are being made")
    if rotation.finished:
        if rotation.task == BY_HAND:
            site.agree(dataclasses.replace(rotation, told=True))
        if not (rotation.changes or rotation.notes):
            raise OperationError("Nothing was changed: every client has left meanwhile.")
        return _result(site, rotation)
    if not rotation.answers(asked):
        # A later caller joins: two changes at once would be one too many.
        site.agree(rotation.joined(asked))
    raise Pending(site.waiting(rotation) or "old users are being removed")


def fingerprint(password: str) -> str:
    """What tells two passwords apart and gives neither away; empty for none."""
    # Of a random password of this length nothing can be guessed from eight digits.
    return hashlib.sha256(password.encode()).hexdigest()[:8] if password else ""


def _result(site: Site, rotation: Rotation) -> PasswordsRotated:
    credentials = tuple(
        Credential(
            client=client,
            old=change.old,
            new=change.new,
            fingerprint=site.fingerprint(change),
            refused=change.refused,
        )
        for client, change in rotation.changes.items()
    )
    summary = " ".join(_told(len(credentials), rotation.notes))
    return PasswordsRotated(summary=summary, credentials=credentials)


def _told(number: int, notes: Iterable[str]) -> Iterator[str]:
    who = "1 client has" if number == 1 else f"{number} clients have"
    if number:
        yield f"{who} new credentials, and every old one is refused."
    yield from notes
