# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives every client new credentials, and takes the old ones away once nobody misses them."""

import dataclasses
import hashlib

import pydantic

from admission import obstacles
from dataops.operations import Context, OperationError, Params, Pending, Result, Scope, Verb
from observed import Observed
from rotation import BY_HAND, Rotation
from workload import Workload


class RotatePasswords(Params):
    """How an old user is let go.

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
        client: the relation and request.
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


def run(context: Context[Observed, Workload, RotatePasswords]) -> PasswordsRotated:
    """Asks for the change, and looks how far it is: the charm's own plan makes it."""
    o = context.observed
    if o.cluster is None:
        raise OperationError(f"The cluster does not answer: see juju status {o.app}")
    if not o.passwords:
        raise OperationError(
            f"There is nothing to change: no client has credentials of {o.app} yet. "
            f"Relate one: juju integrate {o.app}:kafka-client data-access"
        )
    rotation = o.agreement.rotation
    asked = Rotation(context.task or BY_HAND, context.params.quiet, context.params.force)
    if rotation is None or (rotation.finished and not rotation.answers(asked)):
        context.workload.agree({"rotation": asked.to_text()})
        raise Pending("new users are being made")
    if rotation.finished:
        if rotation.task == BY_HAND:
            seen = dataclasses.replace(rotation, told=True)
            context.workload.agree({"rotation": seen.to_text()})
        return _result(o, rotation)
    if not rotation.answers(asked):
        # A later caller joins: two changes at once would be one too many.
        context.workload.agree({"rotation": rotation.joined(asked).to_text()})
    raise Pending(_waiting(o, rotation) or "old users are being removed")


def _waiting(o: Observed, rotation: Rotation) -> str:
    return ". ".join(f"{client}: {why}" for client, why in obstacles(o, rotation).items())


def _result(o: Observed, rotation: Rotation) -> PasswordsRotated:
    credentials = tuple(
        Credential(
            client=client,
            old=change.old,
            new=change.new,
            fingerprint=_fingerprint(o.passwords.get(change.new, "")),
            refused=change.refused,
        )
        for client, change in rotation.changes.items()
    )
    summary = f"{len(credentials)} clients have new credentials, and every old one is refused."
    return PasswordsRotated(summary=summary, credentials=credentials)


def _fingerprint(password: str) -> str:
    # Of a random password of this length nothing can be guessed from eight digits.
    return hashlib.sha256(password.encode()).hexdigest()[:8] if password else ""


VERB = Verb(
    name="rotate-passwords",
    description="Gives every client new credentials, and takes the old ones away.",
    run=run,
    params=RotatePasswords,
    result=PasswordsRotated,
    scope=Scope.LEADER,
    mutating=True,
)
