# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Who may ask Prometheus, and how far a change of all passwords is. Pure.

Everybody has an account of their own: this application, people, and each related application.
While passwords change, an old and a new account stand for the same holder, and the old one goes
once nobody misses it: no client is locked out.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dataops.rotation import Change, Rotation, Sight, obstacle, seen_again

# Holders: this application itself, and whoever runs the action get-credentials.
OWN = "prometheus"
PEOPLE = "admin"
# Every other Prometheus that scrapes this one.
SCRAPERS = "scraper"


@dataclasses.dataclass(frozen=True)
class Account:
    """One user.

    Attributes:
        user: its name; never used again once it is gone.
        password: random.
        hashed: bcrypt, as web.yml takes it.
    """

    user: str
    password: str = dataclasses.field(repr=False)
    hashed: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Holder:
    """The accounts of one holder.

    Attributes:
        generation: how many accounts it has had.
        now: the one that it is given.
        old: the one that it may still use.
    """

    generation: int
    now: Account
    old: Account | None = None


# A new account of this name.
Make = Callable[[str], Account]


@dataclasses.dataclass(frozen=True)
class Accounts:
    """All accounts.

    Attributes:
        holders: by name: `OWN`, `PEOPLE`, `SCRAPERS`, or what `relation_holder` says.
        rotation: the last change of all passwords, finished or not.
        retired: passwords by user that are gone, until they were seen to be refused.
    """

    holders: Mapping[str, Holder] = dataclasses.field(default_factory=dict[str, Holder])
    rotation: Rotation | None = None
    retired: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)

    @property
    def users(self) -> dict[str, str]:
        """Everybody whom Prometheus has to let in: password hashes by name."""
        pairs = [(one.now, one.old) for one in self.holders.values()]
        return {each.user: each.hashed for pair in pairs for each in pair if each}

    @property
    def passwords(self) -> dict[str, str]:
        """Every password that is known, by user."""
        pairs = [(one.now, one.old) for one in self.holders.values()]
        found = {each.user: each.password for pair in pairs for each in pair if each}
        return {**self.retired, **found}

    @property
    def changing(self) -> bool:
        """Whether a change of passwords has not ended."""
        return self.rotation is not None and not self.rotation.finished

    def of(self, holder: str) -> Account | None:
        """The account that a holder is given."""
        found = self.holders.get(holder)
        return found.now if found else None

    def asking(self, rotation: Rotation) -> Accounts:
        """These, with a change of passwords asked for."""
        return dataclasses.replace(self, rotation=rotation)

    def proved(self, holders: Iterable[str]) -> Accounts:
        """These, after the old passwords of the holders were refused."""
        rotation = self.rotation
        if rotation is None:
            return self
        for name in holders:
            rotation = rotation.proved(name)
        open_ = {rotation.changes[name].old for name in rotation.unproved}
        retired = {user: text for user, text in self.retired.items() if user in open_}
        return dataclasses.replace(self, rotation=rotation, retired=retired)

    def to_text(self) -> str:
        """As it stands in the secret: equal accounts are equal bytes."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Accounts:
        """What stands in the secret."""
        if not text:
            return cls()
        told: dict[str, Any] = json.loads(text)
        rotation = told["rotation"]
        return cls(
            holders={name: _holder(fields) for name, fields in told["holders"].items()},
            rotation=Rotation.from_text(json.dumps(rotation)) if rotation else None,
            retired=told["retired"],
        )


def relation_holder(relation_id: int) -> str:
    """What the holder is called that asks over this relation."""
    return f"relation-{relation_id}"


def advanced(
    accounts: Accounts,
    asking: Iterable[str],
    sights: Mapping[str, Sight],
    make: Make,
    now: float,
) -> Accounts:
    """The accounts as far as they can be brought now.

    Args:
        accounts: those so far.
        asking: the holders beside this application itself and people.
        sights: by holder, who says what of the users they work with.
        make: makes a new account.
        now: Unix seconds.
    """
    wanted = (OWN, PEOPLE, *asking)
    known = accounts.holders
    holders = {name: known.get(name) or Holder(1, make(name)) for name in wanted}
    accounts = dataclasses.replace(accounts, holders=holders)
    rotation = accounts.rotation
    if rotation is None or rotation.finished:
        return accounts
    if not rotation.began:
        return _begun(accounts, rotation, make, now)
    return _released(accounts, rotation, sights, now)


def obstacles(accounts: Accounts, sights: Mapping[str, Sight], now: float) -> dict[str, str]:
    """By holder, why its old account has to stay."""
    rotation = accounts.rotation
    if rotation is None:
        return {}
    found = {
        name: obstacle(change, _sight(sights, name), rotation.quiet, now)
        for name, change in rotation.changes.items()
        if name in accounts.holders and accounts.holders[name].old
    }
    return {name: why for name, why in found.items() if why}


def _begun(accounts: Accounts, rotation: Rotation, make: Make, now: float) -> Accounts:
    """A new account beside each."""
    holders = {
        name: Holder(one.generation + 1, make(f"{name}.{one.generation + 1}"), one.now)
        for name, one in accounts.holders.items()
    }
    changes = {
        name: Change(one.old.user, one.now.user, seen=now)
        for name, one in holders.items()
        if one.old
    }
    begun = dataclasses.replace(rotation, began=now, changes=changes)
    return dataclasses.replace(accounts, holders=holders, rotation=begun)


def _released(
    accounts: Accounts, rotation: Rotation, sights: Mapping[str, Sight], now: float
) -> Accounts:
    """Without the old accounts that nobody misses."""
    holders, retired = dict(accounts.holders), dict(accounts.retired)
    # A holder that has left takes its accounts along, and nothing is left to change.
    changes = {name: change for name, change in rotation.changes.items() if name in holders}
    for name, change in changes.items():
        holder, sight = holders[name], _sight(sights, name)
        if holder.old is None:
            continue
        changes[name] = change = seen_again(change, sight, now)
        if rotation.force or not obstacle(change, sight, rotation.quiet, now):
            retired[holder.old.user] = holder.old.password
            holders[name] = dataclasses.replace(holder, old=None)
            changes[name] = dataclasses.replace(change, gone=True)
    known = {change.old for change in changes.values()}
    retired = {user: text for user, text in retired.items() if user in known}
    rotation = dataclasses.replace(rotation, changes=changes)
    return dataclasses.replace(accounts, holders=holders, rotation=rotation, retired=retired)


def _sight(sights: Mapping[str, Sight], holder: str) -> Sight:
    """What is seen of a holder; Prometheus itself tells nothing of who asks."""
    return sights.get(holder, Sight({}, 0))


def _holder(fields: Mapping[str, Any]) -> Holder:
    old = fields["old"]
    return Holder(fields["generation"], Account(**fields["now"]), Account(**old) if old else None)
