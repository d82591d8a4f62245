# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Where the accounts are kept, and who says what of them: one Juju secret, and the relations."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import ops

from accounts import OWN, PEOPLE, SCRAPERS, Account, Accounts, advanced, relation_holder
from dataops.interfaces.prometheus_api import QueryProvider
from dataops.interfaces.prometheus_scrape import accepted
from dataops.rotation import Sight

if TYPE_CHECKING:
    pass

PEERS = "peers"
QUERY = "query"
SELF_MONITORING = "self-monitoring"
# Of the application: its peers may read it, nobody else is granted it.
_LABEL = "web-accounts"
_PASSWORD_BYTES = 24
# The password is random and long, so the hash need not be slow: bcrypt is what web.yml takes.
_ROUNDS = 10


class Ledger:
    """The accounts of the application.

    Args:
        charm: the charm.
    """

    def __init__(self, charm: ops.CharmBase) -> None:
        self._charm = charm
        self._model = charm.model
        self._queries = QueryProvider(charm, QUERY)

    def read(self) -> Accounts:
        """The accounts; none before the leader has made them."""
        try:
            content = self._model.get_secret(label=_LABEL).get_content(refresh=True)
        except ops.SecretNotFoundError:
            return Accounts()
        return Accounts.from_text(content["accounts"])

    def write(self, accounts: Accounts) -> None:
        """Remember them; leader only."""
        content = {"accounts": accounts.to_text()}
        try:
            self._model.get_secret(label=_LABEL).set_content(content)
        except ops.SecretNotFoundError:
            self._model.app.add_secret(content, label=_LABEL)

    def sights(self) -> dict[str, Sight]:
        """By holder, who says that they work with which users."""
        found = {
            relation_holder(number): Sight(self._queries.accepted(number), 0)
            for number in self._queries.relations()
        }
        if scrapers := self._model.relations[SELF_MONITORING]:
            found[SCRAPERS] = Sight(accepted(scrapers), 0)
        # People say nothing: they get the time that the operator gives them.
        return {**found, PEOPLE: Sight({"whoever ran get-credentials": None}, 0), **self._own()}

    def advance(self, accounts: Accounts) -> Accounts:
        """The accounts as far as they can be brought now, written down; leader only."""
        asking = [relation_holder(number) for number in self._queries.relations()]
        if self._model.relations[SELF_MONITORING]:
            asking.append(SCRAPERS)
        new = advanced(accounts, asking, self.sights(), made, time.time())
        if new != accounts:
            self.write(new)
        return new

    def tell(self, user: str, url: str) -> None:
        """Tell the other units where this one answers, and as whom it asks itself."""
        relation = self._model.get_relation(PEERS)
        if relation:
            bag = relation.data[self._model.unit]
            bag.update({"url": url, "works-with": json.dumps([user])})

    def urls(self) -> tuple[str, ...]:
        """Where the other units answer."""
        return tuple(bag["url"] for _, bag in self._others() if bag.get("url"))

    def _own(self) -> dict[str, Sight]:
        """What the units of this application say, this one included."""
        relation = self._model.get_relation(PEERS)
        if relation is None:
            return {OWN: Sight({}, 0)}
        bags = [*self._others(), (self._model.unit.name, relation.data[self._model.unit])]
        told = {name: frozenset(json.loads(bag.get("works-with", "[]"))) for name, bag in bags}
        return {OWN: Sight(told, 0)}

    def _others(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        relation = self._model.get_relation(PEERS)
        for unit in relation.units if relation else ():
            assert relation is not None
            yield unit.name, relation.data[unit]


def made(user: str) -> Account:
    """A new account: its password random, and the hash that web.yml takes."""
    import bcrypt  # Only a hook that makes one pays for loading it.

    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS)).decode()
    return Account(user, password, hashed)
