# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The secret that all of Spark's processes share, and how far a change of it is.

Spark knows one secret at a time, so there is no overlap: all processes begin anew with the new
one, and the jobs go on from their checkpoints. What the change waits for is every unit, and the
proof that neither the master nor a worker takes the old one.
"""

import dataclasses
import secrets
from collections.abc import Callable, Iterable, Mapping

import ops

from dataops.rotation import Change, Rotation, Sight, obstacle

# The one holder there is.
RPC = "rpc"
_BYTES = 32


@dataclasses.dataclass(frozen=True)
class Secrets:
    """What stands in the Juju secret.

    Attributes:
        now: what the processes share; empty before the leader has made it.
        old: what they shared before, until it was seen to be refused.
    """

    now: str = dataclasses.field(default="", repr=False)
    old: str = dataclasses.field(default="", repr=False)


def made(app: ops.Application) -> str:
    """The URI of a new secret of the application; its units may read it, nobody else."""
    secret = app.add_secret({"secret": secrets.token_urlsafe(_BYTES)})
    assert secret.id is not None
    return secret.id


def read(model: ops.Model, uri: str) -> Secrets:
    """What stands in it; nothing while it cannot be read."""
    if not uri:
        return Secrets()
    try:
        content = model.get_secret(id=uri).get_content(refresh=True)
    except ops.SecretNotFoundError:
        # The hook that makes it may not be able to read it yet; the next one is.
        return Secrets()
    return Secrets(content["secret"], content.get("old", ""))


def renew(model: ops.Model, uri: str, known: Secrets) -> None:
    """Have a new one, and remember the present one; leader only."""
    content = {"secret": secrets.token_urlsafe(_BYTES), "old": known.now}
    model.get_secret(id=uri).set_content(content)


def forget(model: ops.Model, uri: str, known: Secrets) -> None:
    """Remember the old one no longer; leader only."""
    model.get_secret(id=uri).set_content({"secret": known.now})


def name(generation: int) -> str:
    """What a secret is called where it cannot be told."""
    return f"{RPC}.{generation}"


def begun(rotation: Rotation, generation: int, now: float) -> Rotation:
    """The change, with a new secret in the place of the one of this generation."""
    change = Change(name(generation), name(generation + 1), seen=now)
    return dataclasses.replace(rotation, began=now, changes={RPC: change})


def waiting(
    rotation: Rotation,
    works_with: Mapping[str, str],
    visitors: Mapping[str, frozenset[str] | None],
    now: float,
) -> str:
    """Who has not begun anew, for the operator; empty when all have.

    Args:
        rotation: the change.
        works_with: by unit of our own, the name of the secret that it works with.
        visitors: by unit of another application, those that it says it works with.
        now: Unix seconds.
    """
    told = {unit: frozenset({which}) for unit, which in works_with.items()}
    sight = Sight({**visitors, **told}, 0)
    return obstacle(rotation.changes[RPC], sight, rotation.quiet, now)


def refused(
    places: Iterable[tuple[str, int]], known: Secrets, accepts: Callable[[str, int, str], bool]
) -> bool:
    """Whether every process takes the present secret, and none of them the old one.

    That it takes the present one is the proof that it listens to us at all.
    """
    return all(
        accepts(address, port, known.now) and not accepts(address, port, known.old)
        for address, port in places
    )
