# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A charm says which hooks need not run; only a run that succeeds says so."""

import hashlib
from pathlib import Path

import ops
import pytest
from ops import testing

from dataops.passing import FILE, digest, pass_over
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


class Listener(ops.CharmBase):
    """Has heard what the applications at one of its endpoints say."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        observe_all(self, self._reconcile)

    def _reconcile(self, _: ops.EventBase) -> None:
        pass_over(self, "store", heard=True)


def test_what_was_heard_is_written_down_by_relation(tmp_path: Path) -> None:
    said = {"bucket": "b", "region": "r"}
    relations = [
        testing.Relation("store", id=7, remote_app_data=said),
        testing.Relation("store", id=9, remote_app_name="other"),
        testing.Relation("db", id=8, remote_app_data=said),
    ]
    context = testing.Context(Listener, META, charm_root=tmp_path)
    context.run(context.on.update_status(), testing.State(relations=relations))
    assert (tmp_path / FILE).read_text().splitlines() == [
        f"store-relation-changed =7 {digest(said)}",
        f"store-relation-changed =9 {digest({})}",
    ]


def test_a_digest_is_of_what_juju_prints() -> None:
    printed = b'{"a":"\\u003c\xc3\xa9\\u003e","b":"1"}\n'
    assert digest({"b": "1", "a": "<\u00e9>"}) == hashlib.sha256(printed).hexdigest()
