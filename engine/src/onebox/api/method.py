# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a method is declared: a function of the agents and of named parameters."""

from collections.abc import Callable
from typing import Any, TypeVar

from onebox.agents import Agents
from onebox.model import Model
from onebox.store import Change

# The first argument is the daemon's `Agents`; the others are the request's parameters by name.
Method = Callable[..., Any]
M = TypeVar("M", bound=Method)
T = TypeVar("T")


class Methods(dict[str, Method]):
    """A table of methods by name, and the decorator that fills it."""

    def __call__(self, function: M) -> M:
        """Adds a method under its own name."""
        self[function.__name__] = function
        return function


def transact(agents: Agents, model: str, change: Change) -> Model:
    """The model after a change."""
    return agents.engine.store.transact(model, change)


def made(agents: Agents, model: str, change: Callable[[Model], tuple[Model, T]]) -> T:
    """What a change has made, which says so beside the model after it."""
    found: list[T] = []

    def remembered(before: Model) -> Model:
        after, one = change(before)
        found[:] = [one]
        return after

    transact(agents, model, remembered)
    return found[0]
