# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A charm says which hooks need not run; only a run that succeeds says so."""

from pathlib import Path

import ops
import pytest
from ops import testing

from dataops.passing import FILE, pass_over
from dataops.reconciler import observe_all

META = {"name": "app", "requires": {"store": {"interface": "s3"}, "db": {"interface": "sql"}}}


class App(ops.CharmBase):
    """Passes over what its configuration names, and fails when told to."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        observe_all(self, self._reconcile)

    def _reconcile(self, event: ops.EventBase) -> None:
        if isinstance(event, ops.UpdateStatusEvent):
            return
        pass_over(self, "store")
        pass_over(self, "db", unless="task")
        pass_over(self, "store")
        if isinstance(event, ops.UpgradeCharmEvent):
            raise RuntimeError("broken")


def said(charm: Path, event: str) -> str | None:
    """What was written down when the event was over."""
    context = testing.Context(App, META, charm_root=charm)
    context.run(getattr(context.on, event)(), testing.State())
    return (charm / FILE).read_text() if (charm / FILE).exists() else None


def test_what_a_run_said_is_written_down_once_it_succeeded(tmp_path: Path) -> None:
    assert said(tmp_path, "start") == "db-relation-changed task\nstore-relation-changed\n"


def test_who_stays_silent_gets_every_hook(tmp_path: Path) -> None:
    assert said(tmp_path, "update_status") is None


def test_a_run_that_fails_passes_nothing_over(tmp_path: Path) -> None:
    with pytest.raises(testing.errors.UncaughtCharmError):
        said(tmp_path, "upgrade_charm")
    assert not (tmp_path / FILE).exists()
