# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How far a change of all clients' credentials is, and when an old user may go. Pure.

The order is what keeps clients in: a new user beside the old one, then wait until the client works
with the new one alone, then the old one's permissions, then the old user, then the proof that its
password is refused.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

# The task of a person who calls the action.
BY_HAND = "action"


@dataclasses.dataclass(frozen=True)
class Change:
    """One client's change of credentials.

    Attributes:
        old: the user that goes.
        new: the user that comes.
        seen: when the old user was last seen at work, or else when the change began; Unix seconds.
        gone: the old user has neither permissions nor a password.
        refused: its old password was tried after that, and refused.
        released: no unit holds the old credentials' revision any more, as Juju told its owner:
            each that ever read it has read the new one.
    """

    old: str
    new: str
    seen: float
    gone: bool = False
    refused: bool = False
    released: bool = False


@dataclasses.dataclass(frozen=True)
class Rotation:
    """A change of every client's credentials.

    Attributes:
        task: who asked for it: a task's id, or `BY_HAND`.
        quiet: for how many seconds the old user of a client that says nothing must have been
            silent.
        force: whether an old user goes even though its client still works with it.
        began: Unix seconds; 0 until the new users are there.
        told: whether the person who called the action has seen how it ended.
        changes: by client, as `ClientRequest.username` names it.
        notes: what else was changed, a sentence each, for the operator.
    """

    task: str
    quiet: float = 60
    force: bool = False
    began: float = 0
    told: bool = False
    changes: Mapping[str, Change] = dataclasses.field(default_factory=dict[str, Change])
    notes: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether every old password is refused."""
        return bool(self.began) and all(change.refused for change in self.changes.values())

    def answers(self, asked: "Rotation") -> bool:
        """Whether this is what was asked for; who has seen how it ended means a new one.

        A later attempt at a step takes what an earlier one began and did not see the end of.
        """
        if self.finished:
            return _step_of(self.task) == _step_of(asked.task) and not self.told
        return (self.task, self.quiet, self.force) == (asked.task, asked.quiet, asked.force)

    def joined(self, asked: "Rotation") -> "Rotation":
        """This, on the terms of a later caller."""
        return dataclasses.replace(self, task=asked.task, quiet=asked.quiet, force=asked.force)

    def released(self, client: str) -> "Rotation":
        """This, with nobody holding the client's old credentials any more."""
        change = dataclasses.replace(self.changes[client], released=True)
        return dataclasses.replace(self, changes={**self.changes, client: change})

    @property
    def unproved(self) -> tuple[str, ...]:
        """The clients whose old user is gone, and its password not tried since."""
        return tuple(name for name, one in self.changes.items() if one.gone and not one.refused)

    def proved(self, client: str) -> "Rotation":
        """This, with the client's old password refused."""
        change = dataclasses.replace(self.changes[client], refused=True)
        return dataclasses.replace(self, changes={**self.changes, client: change})

    def to_text(self) -> str:
        """As it stands in a databag."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Rotation | None":
        """What stands in a databag; None for an empty text."""
        if not text:
            return None
        fields: dict[str, Any] = json.loads(text)
        changes = {name: Change(**change) for name, change in fields.pop("changes").items()}
        notes = tuple(fields.pop("notes", ()))
        return cls(**fields, changes=changes, notes=notes)


def _step_of(task: str) -> str:
    """A task's operation and step, without the attempt."""
    return task.rpartition("/")[0] or task


@dataclasses.dataclass(frozen=True)
class Sight:
    """What is seen of one client while its credentials change.

    Attributes:
        accepted: by unit of the client, the users it says it works with; None: it says nothing.
        busy: how busy the old user keeps the brokers; None when not every broker could be asked.
        held: whether a unit may still hold the old credentials' revision of the secret; False
            where the charm does not watch that.
    """

    accepted: Mapping[str, frozenset[str] | None]
    busy: float | None
    held: bool = False


def seen_again(change: Change, sight: Sight, now: float) -> Change:
    """The change with the time at which the old user was last seen at work."""
    # A broker that cannot be asked may be the one that still serves it.
    return change if sight.busy == 0 else dataclasses.replace(change, seen=now)


def obstacle(change: Change, sight: Sight, quiet: float, now: float) -> str:
    """Why the old user has to stay, for the operator; empty when nobody misses it."""
    return "; ".join(_obstacles(change, sight, quiet, now))


def _obstacles(change: Change, sight: Sight, quiet: float, now: float) -> Iterator[str]:
    for unit, users in sorted(sight.accepted.items()):
        # A unit that works with neither of them has nothing to take: another one has the work.
        if users is not None and change.old in users:
            yield f"{unit} has not taken its new credentials"
    mute = ", ".join(sorted(unit for unit, users in sight.accepted.items() if users is None))
    if sight.busy is None:
        yield "not every broker tells who works with it"
    elif sight.busy:
        yield f"{change.old} still works with the brokers"
    elif mute and sight.held:
        # It may be at rest: silence does not prove that it will come with the new ones.
        yield f"{mute} has not read its new credentials"
    elif mute and now - change.seen < quiet:
        left = quiet - (now - change.seen)
        yield f"{mute} does not say what it works with: watched for {left:.0f} s more"
