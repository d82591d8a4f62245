# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Notices that a machine has gone down, or came up anew, while no hook ran on it."""

import logging
import threading

from onebox.changes import machines, options
from onebox.engine import Engine
from onebox.errors import OneboxError, Refused
from onebox.model import Model
from onebox.nspawn.room import NspawnRoom
from onebox.rooms import room_of

_LOG = logging.getLogger(__name__)
_SECONDS = 2.0


class Watch(threading.Thread):
    """Looks at all machines that boot every two seconds."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="machines", daemon=True)
        self._engine = engine

    def run(self) -> None:
        """Looks until the daemon goes down."""
        while not self._engine.stopping.wait(_SECONDS):
            for model in self._engine.store.models():
                if options.boots(model):
                    self._look(model)

    def _look(self, model: Model) -> None:
        for number, machine in model.machines.items():
            room = room_of(self._engine.home, model, number)
            if not isinstance(room, NspawnRoom) or machine.down:
                continue
            try:
                if room.lost and room.container.wants_to_boot():
                    room.start()
                    change = machines.found
                elif room.lost:
                    _LOG.warning("machine %s of model %s is down", number, model.name)
                    room.lose()
                    change = machines.lost
                elif room.container.rebooted():
                    change = machines.found
                else:
                    continue
                self._engine.store.transact(model.name, lambda m, c=change, n=number: c(m, n))
            except Refused:
                # The machine or the model has gone meanwhile.
                continue
            except OneboxError as error:
                _LOG.warning("%s", error)
