# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the workers and the API of one daemon share."""

import os
import threading
from contextlib import ExitStack
from datetime import datetime, timezone

from onebox.blobs import Blobs
from onebox.home import Home
from onebox.logs import ModelLog
from onebox.model import Model
from onebox.networks import Networks
from onebox.slots import Slots
from onebox.store import Store


class Engine:
    """The store, the logs and the locks of one daemon."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.store = Store(home.database)
        self.blobs = Blobs(home.blobs, self.store.models)
        self.networks = Networks(home)
        # Set when the daemon goes down: no new hook starts.
        self.stopping = threading.Event()
        # Set a little later: a hook that is killed now has not failed, it runs again.
        self.aborting = threading.Event()
        # Many hooks at once make none of them faster.
        self._slots = Slots(max(4, (os.cpu_count() or 1) + 1))
        self._guard = threading.Lock()
        self._machines: dict[tuple[str, str, str], threading.Lock] = {}
        self._logs: dict[str, ModelLog] = {}

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(timezone.utc)

    def log(self, model: Model) -> ModelLog:
        """The log of a model."""
        with self._guard:
            if model.uuid not in self._logs:
                path = self.home.logs / f"{model.name}-{model.uuid[-6:]}.log"
                self._logs[model.uuid] = ModelLog(path)
            return self._logs[model.uuid]

    def history(self, model: Model) -> ModelLog:
        """What the statuses of a model have been: level is the status, module its type."""
        with self._guard:
            key = f"{model.uuid}.status"
            if key not in self._logs:
                name = f"{model.name}-{model.uuid[-6:]}.status.log"
                self._logs[key] = ModelLog(self.home.logs / name)
            return self._logs[key]

    def machine(self, model: Model, machine: str, claim: str | None = "") -> ExitStack:
        """Holds what a run claims of a machine, and one of the few slots, for a `with`.

        A `claim` is the name of an execution group: "" is everybody's who has no other, and None
        claims nothing and waits for nobody.
        """
        held = ExitStack()
        # The machine first: a unit that waits for its neighbour must not take a slot meanwhile.
        if claim is not None:
            held.enter_context(self._lock(model, machine, f"group {claim}"))
        held.enter_context(self._slots)
        return held

    def power(self, model: Model, machine: str) -> threading.Lock:
        """Held by whoever starts a machine: runs that claim nothing may come at the same time."""
        return self._lock(model, machine, "power")

    def _lock(self, model: Model, machine: str, what: str) -> threading.Lock:
        with self._guard:
            return self._machines.setdefault((model.uuid, machine, what), threading.Lock())

    def forget(self, model: Model) -> None:
        """Drops what was kept for a model that is gone."""
        with self._guard:
            kept = (model.uuid, f"{model.uuid}.status")
            logs = [self._logs.pop(key) for key in kept if key in self._logs]
            for key in [k for k in self._machines if k[0] == model.uuid]:
                del self._machines[key]
        for log in logs:
            log.remove()
        self.networks.release(model.network)
