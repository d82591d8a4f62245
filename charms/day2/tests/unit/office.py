# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A world whose reports are written as day2 writes them, with its secret and its storage."""

import contextlib
from pathlib import Path

import ops
import ops.testing
from world import World

import report_key
from archive import Archive
from observed import PEERS, Observed
from reporter import write_report

META = {"name": "day2", "peers": {PEERS: {"interface": "day2_peers"}}}


class Office:
    """Writes reports into a folder. Use as a context manager.

    `world` tells of operations; whatever ends in it gets its report at once.
    """

    def __init__(self, root: Path, world: World):
        self.root, self.world = root, world
        world.report = self._report
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        context = ops.testing.Context(ops.CharmBase, meta=META, app_name="day2")
        peers = ops.testing.PeerRelation(PEERS)
        state = ops.testing.State(leader=True, relations=[peers])
        self.manager = self._stack.enter_context(context(context.on.update_status(), state))
        return self

    def __exit__(self, *error):
        self._stack.close()

    @property
    def archive(self) -> Archive:
        return Archive(self.root)

    def observed(self, unit="day2/0") -> Observed:
        return Observed(
            unit=unit,
            model="pipeline",
            leader=unit == "day2/0",
            journal=self.world.journal,
            report_keys=report_key.published(self.manager.charm.model, PEERS),
        )

    def _report(self, operation: int) -> dict:
        return write_report(
            self.manager.charm,
            self.observed(),
            self.archive,
            self.world.journal,
            operation,
            lambda: self.world.now,
        )
