# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them."""

import pathlib
import sys

import pytest

CHARM = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(CHARM / "src"), str(CHARM / "tests" / "unit")]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A cluster to back up."""
    from backup_world import World

    return World(tmp_path, monkeypatch)


@pytest.fixture
def refusing():
    """A store that refuses everything."""
    from refusing import Refusing

    store = Refusing()
    yield store
    store.end()
