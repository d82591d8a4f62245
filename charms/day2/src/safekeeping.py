# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Sees to it that journal and reports get into the object store: begins `keeper.py` when due."""

from __future__ import annotations

import sys
from pathlib import Path

import dataops
from archive import Archive
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager
from observed import Observed

NAME = "keeper"
_PROGRAM = Path(__file__).parent / "keeper.py"
_LIBRARY = str(Path(dataops.__file__).parents[1])


class Safekeeping:
    """The keeper of one unit.

    Args:
        paths: the unit's directories.
        services: what runs its process.
    """

    def __init__(self, paths: UnitPaths, services: ServiceManager) -> None:
        self._paths = paths
        self._services = services
        self._charge = paths.control / "keeper.json"

    @property
    def problem(self) -> str:
        """Why the store lacks what is new; empty when it does not, or there is none."""
        if not self.state.exists():
            return ""
        from keeper import Kept

        return Kept.read(self.state).problem

    @property
    def state(self) -> Path:
        """Where the keeper says how far it is."""
        return self._paths.control / "kept.json"

    def tend(self, observed: Observed, archive: Archive) -> bool:
        """Whether the keeper was begun: by the leader, when there is something to bring.

        It ends by itself. What it could not bring, because the store did not answer, the next
        hook has it try again.
        """
        store = observed.own_store
        if store is None or not observed.leader:
            for path in (self._charge, self.state):
                ensure_absent(path)
            return False
        # Here, because those who have no store need not load what knows one.
        from keeper import Charge, Kept

        charge = Charge(store=store, root=archive.root, journal=archive.journal, state=self.state)
        content = charge.model_dump_json(context={"revealed": True})
        ensure_directory(self._charge.parent, mode=0o700)
        if ensure_contents(self._charge, content, mode=0o600):
            # Another store has nothing yet.
            ensure_absent(self.state)
        newest = observed.journal[-1].number if observed.journal else 0
        kept = Kept.read(self.state)
        if kept.number >= newest and not kept.problem:
            return False
        if self._services.state(NAME).running:
            return False
        self._paths.create()
        self._services.ensure(
            Service(
                name=NAME,
                command=(sys.executable, str(_PROGRAM), str(self._charge)),
                environment={"PYTHONPATH": _LIBRARY},
                restart="no",
            )
        )
        self._services.start(NAME)
        return True
