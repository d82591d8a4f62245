# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Watching: the model's version, and its log."""

import time
from collections.abc import Iterator
from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods

method = Methods()

_MOST_SECONDS = 60.0
# So long a stopping daemon waits for those who watch.
_SLICE_SECONDS = 1.0


@method
def status_history(agents: Agents, model: str, entity: str) -> Iterator[Any]:
    """How the statuses of an application, unit or machine have been, oldest first."""
    found = agents.engine.store.read(model)
    past = agents.engine.history(found).read()
    return (entry for entry in past if entry["entity"] == entity)


@method
def watch(agents: Agents, model: str, after: int, timeout: float = _MOST_SECONDS) -> int:
    """The model's version, as soon as it is beyond `after` or the time is over."""
    engine, deadline = agents.engine, time.monotonic() + min(float(timeout), _MOST_SECONDS)
    while (left := deadline - time.monotonic()) > 0 and not engine.stopping.is_set():
        version = engine.store.wait(model, after, min(left, _SLICE_SECONDS))
        if version != after:
            return version
    return engine.store.version(model)


@method
def log(
    agents: Agents, model: str, follow: bool = False, skip: int = 0
) -> Iterator[dict[str, Any] | None]:
    """The model's log without its first `skip` entries; None is a pause."""
    engine = agents.engine
    found = engine.log(engine.store.read(model))
    if follow:
        return found.follow(skip, lambda: engine.stopping.is_set())
    return (entry for number, entry in enumerate(found.read()) if number >= skip)
