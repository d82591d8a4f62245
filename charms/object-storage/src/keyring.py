# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may use the store, with which keys: a value, kept in one secret of the application. Pure."""

from __future__ import annotations

import dataclasses
import re
import secrets
import string
from collections.abc import Collection, Mapping

#: Whose keys the operator sees, and the charm itself works with.
ADMIN = "admin"

_LETTERS = string.ascii_uppercase + string.digits
_FIELD = re.compile(r"(?P<owner>[a-z0-9-]+?)-(?P<kind>access|secret|until)")


@dataclasses.dataclass(frozen=True)
class Key:
    """A pair of keys.

    Attributes:
        access: names the user, as Amazon's do: 20 letters and digits.
        secret: signs requests.
        until: Unix seconds after which it is not accepted any more; 0 means always.
    """

    access: str
    secret: str = dataclasses.field(repr=False)
    until: int = 0

    @classmethod
    def make(cls) -> Key:
        """A new one that nobody can guess."""
        name = "".join(secrets.choice(_LETTERS) for _ in range(18))
        return cls(f"DO{name}", secrets.token_urlsafe(30))


@dataclasses.dataclass(frozen=True)
class Keyring:
    """The keys by owner; an old pair has the owner's name with `-old`."""

    keys: Mapping[str, Key] = dataclasses.field(default_factory=dict[str, Key])

    @classmethod
    def read(cls, content: Mapping[str, str]) -> Keyring:
        """From the content of the secret."""
        found: dict[str, dict[str, str]] = {}
        for name, value in content.items():
            if match := _FIELD.fullmatch(name):
                found.setdefault(match["owner"], {})[match["kind"]] = value
        return cls(
            {
                owner: Key(pair["access"], pair["secret"], int(pair.get("until", "0")))
                for owner, pair in sorted(found.items())
                if {"access", "secret"} <= set(pair)
            }
        )

    def write(self) -> dict[str, str]:
        """The content of the secret."""
        content: dict[str, str] = {}
        for owner, key in self.keys.items():
            content |= {f"{owner}-access": key.access, f"{owner}-secret": key.secret}
            if key.until:
                content[f"{owner}-until"] = str(key.until)
        return content

    def agreed(self, owners: Collection[str], now: float) -> Keyring:
        """With keys for all of these and nobody else, and without what has run out."""
        wanted = {*owners, ADMIN}
        kept = {
            owner: key
            for owner, key in self.keys.items()
            if owner.removesuffix("-old") in wanted and not 0 < key.until <= now
        }
        new = {owner: Key.make() for owner in sorted(wanted - set(kept))}
        return Keyring(dict(sorted({**kept, **new}.items())))

    def rotated(self, until: int) -> Keyring:
        """With new keys for everybody, and the present ones accepted until then."""
        present = {owner: key for owner, key in self.keys.items() if not key.until}
        old = {f"{o}-old": dataclasses.replace(key, until=until) for o, key in present.items()}
        return Keyring(dict(sorted({**{owner: Key.make() for owner in present}, **old}.items())))

    @property
    def accepted(self) -> tuple[Key, ...]:
        """Every pair that the store takes."""
        return tuple(self.keys.values())

    @property
    def next_end(self) -> int:
        """When the first old pair runs out, Unix seconds; 0 when there is none."""
        return min((key.until for key in self.keys.values() if key.until), default=0)
