# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers, and what other models make of them."""

from onebox import persona
from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import offers
from onebox.errors import Refused

method = Methods()


@method
def offer(agents: Agents, model: str, application: str, endpoints: list[str], name: str) -> None:
    """Endpoints of an application, for other models to consume."""
    now = agents.engine.now()
    transact(agents, model, lambda m: offers.offer(m, application, tuple(endpoints), name, now))


@method
def remove_offer(agents: Agents, model: str, name: str, force: bool = False) -> None:
    """The end of an offer."""
    transact(agents, model, lambda m: offers.remove(m, name, force=force))


@method
def consume(agents: Agents, model: str, source: str, name: str, alias: str) -> None:
    """An offer of the model `source`, to be integrated with as `alias`."""
    store, user = agents.engine.store, persona.USER
    if source not in store.names():
        raise Refused(f'model "{user}/{source}": not found', "not-found")
    offering, url = store.read(source), f"{user}/{source}.{name}"
    if name not in offering.offers:
        raise Refused(f'application offer "{url}" not found', "not-found")
    now = agents.engine.now()
    transact(agents, model, lambda m: offers.consume(m, offering, name, alias, url, now))


@method
def remove_saas(agents: Agents, model: str, name: str, force: bool = False) -> None:
    """The end of what was consumed."""
    transact(agents, model, lambda m: offers.forget(m, name, force=force))
