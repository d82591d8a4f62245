# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The directories of a unit."""

import os
import stat
from pathlib import Path

import ops
import pytest
from ops import testing

from dataops.host.paths import UnitPaths


@pytest.fixture
def deep(tmp_path):
    """A unit whose tree is too deep for sockets."""
    paths = UnitPaths.beside(tmp_path / ("d" * 90) / "unit-kafka-0" / "charm")
    yield paths
    paths.remove()


def test_on_a_machine_of_its_own_everything_lies_beside_the_charm():
    paths = UnitPaths.beside(Path("/var/lib/juju/agents/unit-kafka-0/charm"))
    root = Path("/var/lib/juju/agents/unit-kafka-0/workload")
    assert (paths.root, paths.run, paths.etc) == (root, root / "run", root / "etc")
    assert len(bytes(paths.control_socket)) < 100


def test_a_deep_tree_gets_a_short_place_for_sockets(deep):
    assert deep.run.parts[:2] == ("/", "tmp")
    assert len(bytes(deep.control_socket)) < 100
    other = UnitPaths.beside(deep.root.parent.parent / "unit-kafka-1" / "charm")
    assert other.run != deep.run


def test_naming_touches_nothing_and_create_makes_all(deep):
    assert not deep.root.exists()
    assert deep.create()
    assert not deep.create()
    modes = {
        name: stat.S_IMODE(getattr(deep, name).stat().st_mode)
        for name in ("root", "bin", "log", "tmp", "etc", "run", "control")
    }
    assert modes == dict.fromkeys(("root", "bin", "log", "tmp"), 0o755) | dict.fromkeys(
        ("etc", "run", "control"), 0o700
    )


def test_remove_leaves_nothing(deep):
    deep.create()
    assert deep.remove()
    assert not deep.root.exists()
    assert not deep.short.exists()
    assert not deep.remove()


def test_a_place_that_somebody_else_made_is_refused(deep, monkeypatch):
    real = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: real + 1)
    other = UnitPaths.beside(deep.root.parent / "charm")
    other.short.parent.mkdir()
    try:
        with pytest.raises(PermissionError, match="is not ours: remove it"):
            other.create()
    finally:
        other.short.parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives directories away")
def test_the_workload_user_owns_its_directories_but_not_the_control(deep):
    deep.create("nobody")
    owned = {name: getattr(deep, name).owner() for name in ("bin", "etc", "log", "run", "tmp")}
    assert set(owned.values()) == {"nobody"}
    assert deep.control.owner() == deep.root.owner() == "root"


def test_of_a_charm(tmp_path):
    charm = tmp_path / "unit-kafka-0" / "charm"
    charm.mkdir(parents=True)
    context = testing.Context(ops.CharmBase, meta={"name": "kafka"}, charm_root=charm)
    with context(context.on.start(), testing.State()) as manager:
        assert UnitPaths.of(manager.charm).root == charm.parent / "workload"
