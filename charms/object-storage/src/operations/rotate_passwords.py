# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives everybody who stores here new keys, and takes the old ones away after a while."""

from __future__ import annotations

import datetime

import pydantic

from dataops.operations import (
    Context,
    OperationError,
    Params,
    Result,
    Scope,
    Verb,
)
from observed import Observed
from vault import Vault


class RotateKeys(Params):
    """How the old keys are let go.

    Attributes:
        overlap: seconds for which they are still accepted, at least: the first hook after that,
            an update-status at the latest, takes them away. The interface has no word by which an
            application says that it works with the new ones, and what is under way has the old.
    """

    overlap: int = pydantic.Field(default=3600, ge=0)


class KeysRotated(Result):
    """What was changed.

    Attributes:
        applications: how many have new keys.
        old_keys_until: when the old ones end, UTC.
    """

    summary: str
    applications: int
    old_keys_until: str


def run(context: Context[Observed, Vault, RotateKeys]) -> KeysRotated:
    """Makes the keys; the charm's next hook has the store accept them, and hands them out."""
    o = context.observed
    if not o.keyring.keys:
        raise OperationError(f"There are no keys yet: juju status {o.application} says why")
    if o.keyring.next_end > o.now:
        end = _moment(o.keyring.next_end)
        raise OperationError(f"The last keys are still accepted until {end}: rotate after that")
    until = int(o.now + max(1, context.params.overlap))
    context.workload.rotate(o, until)
    many = len(o.requests)
    return KeysRotated(
        summary=f"{many} applications get new keys now; the old ones end at {_moment(until)}",
        applications=many,
        old_keys_until=_moment(until),
    )


def _moment(seconds: float) -> str:
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


VERB = Verb(
    name="rotate-passwords",
    description="Gives every related application new keys; the old ones end after a while.",
    run=run,
    params=RotateKeys,
    result=KeysRotated,
    scope=Scope.LEADER,
    mutating=True,
)
