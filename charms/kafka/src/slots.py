# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which users stand for a client: one, or while its credentials change an old and a new one. Pure.

Kafka keeps one password for a user, so an overlap needs two users. The name of a new one is never
one that was used before: what the old one does stays told apart, in metrics and in the log.
"""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# What a relation's user is called: no other user of the cluster is ours to remove.
_USERNAME = re.compile(r"(?P<client>relation-\d+(?:-[0-9A-Za-z]+)?)(?:\.(?P<generation>\d+))?")


def client_of(username: str) -> str | None:
    """The client that a user stands for, as `ClientRequest.username` names it; None: not ours."""
    match = _USERNAME.fullmatch(username)
    return match["client"] if match else None


@dataclasses.dataclass(frozen=True)
class Slots:
    """The generations of one client's user.

    Attributes:
        now: the one that the client is given.
        old: the one that it may still use; 0 when there is none.
    """

    now: int = 1
    old: int = 0

    def user(self, client: str) -> str:
        """The user that the client is given."""
        return _name(client, self.now)

    def old_user(self, client: str) -> str:
        """The user that it may still use; empty when there is none."""
        return _name(client, self.old) if self.old else ""

    def users(self, client: str) -> Iterator[str]:
        """Every user that stands for the client now."""
        yield self.user(client)
        if self.old:
            yield self.old_user(client)

    def renewed(self) -> "Slots":
        """With a new user beside the one of now."""
        return Slots(self.now + 1, self.now)

    def settled(self) -> "Slots":
        """Without the old user."""
        return Slots(self.now)


def to_text(slots: Mapping[str, Slots]) -> str:
    """As it stands in a databag; clients of the first generation need no mention."""
    told = {client: [s.now, s.old] for client, s in sorted(slots.items()) if s != Slots()}
    return json.dumps(told) if told else ""


def from_text(text: str) -> dict[str, Slots]:
    """What stands in a databag."""
    told: dict[str, Any] = json.loads(text or "{}")
    return {client: Slots(now, old) for client, (now, old) in told.items()}


def only(slots: Mapping[str, Slots], clients: Iterable[str]) -> dict[str, Slots]:
    """The slots of these clients; those of others are forgotten."""
    known = set(clients)
    return {client: one for client, one in slots.items() if client in known}


def _name(client: str, generation: int) -> str:
    return client if generation == 1 else f"{client}.{generation}"
