# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may use the store, with which keys: a value, kept in one secret of the application. Pure.

While keys change, an old and a new pair stand for the same owner. The old one goes once nobody
misses it, and is remembered until the store was seen to refuse it.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
import string
from collections.abc import Collection, Mapping

from dataops.rotation import Change, Rotation, Sight, obstacle, seen_again

#: Whose keys the operator sees, and the charm itself works with.
ADMIN = "admin"

_LETTERS = string.ascii_uppercase + string.digits
_FIELD = re.compile(r"(?P<owner>[a-z0-9-]+?)(?P<slot>-old|-retired|)-(?P<kind>access|secret)")
_ROTATION = "rotation"


@dataclasses.dataclass(frozen=True)
class Key:
    """A pair of keys.

    Attributes:
        access: names the user, as Amazon's do: 20 letters and digits; never made again.
        secret: signs requests.
    """

    access: str
    secret: str = dataclasses.field(repr=False)

    @classmethod
    def make(cls) -> Key:
        """A new one that nobody can guess."""
        name = "".join(secrets.choice(_LETTERS) for _ in range(18))
        return cls(f"DO{name}", secrets.token_urlsafe(30))


Keys = Mapping[str, Key]


@dataclasses.dataclass(frozen=True)
class Keyring:
    """The keys by owner.

    Attributes:
        keys: those that each owner is given.
        old: those that it may still use.
        retired: those that are gone, until they were seen to be refused.
        rotation: the last change of all keys, finished or not.
    """

    keys: Keys = dataclasses.field(default_factory=dict[str, Key])
    old: Keys = dataclasses.field(default_factory=dict[str, Key])
    retired: Keys = dataclasses.field(default_factory=dict[str, Key])
    rotation: Rotation | None = None

    @classmethod
    def read(cls, content: Mapping[str, str]) -> Keyring:
        """From the content of the secret."""
        slots: dict[str, dict[str, dict[str, str]]] = {"": {}, "-old": {}, "-retired": {}}
        for name, value in sorted(content.items()):
            if match := _FIELD.fullmatch(name):
                slots[match["slot"]].setdefault(match["owner"], {})[match["kind"]] = value
        keys, old, retired = (
            {owner: Key(**pair) for owner, pair in slot.items()} for slot in slots.values()
        )
        return cls(keys, old, retired, Rotation.from_text(content.get(_ROTATION, "")))

    def write(self) -> dict[str, str]:
        """The content of the secret."""
        slots = {"": self.keys, "-old": self.old, "-retired": self.retired}
        named = [
            (f"{owner}{slot}", key) for slot, of in slots.items() for owner, key in of.items()
        ]
        content = {f"{name}-access": key.access for name, key in named}
        content |= {f"{name}-secret": key.secret for name, key in named}
        return content | ({_ROTATION: self.rotation.to_text()} if self.rotation else {})

    def asking(self, rotation: Rotation) -> Keyring:
        """This, with a change of all keys asked for."""
        return dataclasses.replace(self, rotation=rotation)

    def agreed(self, owners: Collection[str], sights: Mapping[str, Sight], now: float) -> Keyring:
        """With keys for all of these and nobody else, and the change as far as it can be brought.

        Args:
            owners: beside the operator.
            sights: by owner, who says what of the keys they work with.
            now: Unix seconds.
        """
        wanted = sorted({*owners, ADMIN})
        ring = Keyring(
            {owner: self.keys.get(owner) or Key.make() for owner in wanted},
            {owner: key for owner, key in self.old.items() if owner in wanted},
            {owner: key for owner, key in self.retired.items() if owner in wanted},
            self.rotation,
        )
        rotation = ring.rotation
        if rotation is None or rotation.finished:
            return ring
        return ring._released(rotation, sights, now) if rotation.began else ring._begun(now)

    def obstacles(self, sights: Mapping[str, Sight], now: float) -> dict[str, str]:
        """By owner, why its old keys have to stay."""
        rotation = self.rotation
        if rotation is None:
            return {}
        found = {
            owner: obstacle(change, _sight(sights, owner), rotation.quiet, now)
            for owner, change in rotation.changes.items()
            if owner in self.old
        }
        return {owner: why for owner, why in found.items() if why}

    def proved(self, owners: Collection[str]) -> Keyring:
        """This, after the store refused the old keys of these."""
        rotation = self.rotation
        for owner in owners:
            rotation = rotation.proved(owner) if rotation else None
        retired = {owner: key for owner, key in self.retired.items() if owner not in owners}
        return dataclasses.replace(self, rotation=rotation, retired=retired)

    @property
    def changing(self) -> bool:
        """Whether a change of all keys has not ended."""
        return self.rotation is not None and not self.rotation.finished

    @property
    def accepted(self) -> tuple[Key, ...]:
        """Every pair that the store takes."""
        return (*self.keys.values(), *self.old.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may read."""
        return tuple(key.secret for key in (*self.accepted, *self.retired.values()))

    def _begun(self, now: float) -> Keyring:
        """New keys beside those of everybody."""
        assert self.rotation is not None
        new = {owner: Key.make() for owner in self.keys}
        changes = {
            owner: Change(key.access, new[owner].access, seen=now)
            for owner, key in self.keys.items()
        }
        begun = dataclasses.replace(self.rotation, began=now, changes=changes)
        return Keyring(new, self.keys, {}, begun)

    def _released(self, rotation: Rotation, sights: Mapping[str, Sight], now: float) -> Keyring:
        """Without the old keys that nobody misses; who has left has nothing left to change."""
        old, retired = dict(self.old), dict(self.retired)
        changes = {name: one for name, one in rotation.changes.items() if name in self.keys}
        for owner in [owner for owner in old if owner in changes]:
            sight = _sight(sights, owner)
            changes[owner] = change = seen_again(changes[owner], sight, now)
            if rotation.force or not obstacle(change, sight, rotation.quiet, now):
                retired[owner] = old.pop(owner)
                changes[owner] = dataclasses.replace(change, gone=True)
        rotation = dataclasses.replace(rotation, changes=changes)
        return Keyring(self.keys, old, retired, rotation)


def _sight(sights: Mapping[str, Sight], owner: str) -> Sight:
    """What is seen of an owner; people say nothing, and get the time that they are given."""
    return sights.get(owner) or Sight({"whoever ran get-credentials": None}, 0)
