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
def paths(tmp_path):
    return UnitPaths.beside(tmp_path / "unit-kafka-0" / "charm")


def test_everything_lies_beside_the_charm():
    paths = UnitPaths.beside(Path("/var/lib/juju/agents/unit-kafka-0/charm"))
    root = Path("/var/lib/juju/agents/unit-kafka-0/workload")
    assert (paths.root, paths.run, paths.etc) == (root, root / "run", root / "etc")


def test_naming_touches_nothing_and_create_makes_all(paths):
    assert not paths.root.exists()
    assert paths.create()
    assert not paths.create()
    modes = {
        name: stat.S_IMODE(getattr(paths, name).stat().st_mode)
        for name in ("root", "bin", "log", "tmp", "etc", "run", "control")
    }
    assert modes == dict.fromkeys(("root", "bin", "log", "tmp"), 0o755) | dict.fromkeys(
        ("etc", "run", "control"), 0o700
    )


def test_remove_leaves_nothing(paths):
    paths.create()
    assert paths.remove()
    assert not paths.root.exists()
    assert not paths.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives directories away")
def test_the_workload_user_owns_its_directories_but_not_the_control(paths):
    paths.create("nobody")
    owned = {name: getattr(paths, name).owner() for name in ("bin", "etc", "log", "run", "tmp")}
    assert set(owned.values()) == {"nobody"}
    assert paths.control.owner() == paths.root.owner() == "root"


def test_of_a_charm(tmp_path):
    charm = tmp_path / "unit-kafka-0" / "charm"
    charm.mkdir(parents=True)
    context = testing.Context(ops.CharmBase, meta={"name": "kafka"}, charm_root=charm)
    with context(context.on.start(), testing.State()) as manager:
        assert UnitPaths.of(manager.charm).root == charm.parent / "workload"
