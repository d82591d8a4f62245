# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them, and finds the real promtool."""

import pathlib
import shutil
import sys

import pytest

CHARM = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(CHARM / "src"), str(CHARM / "tests" / "unit")]


@pytest.fixture(scope="session")
def promtool() -> pathlib.Path:
    """The real promtool: the judge of these tests, as of the charm."""
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("Cannot find promtool: sudo apt-get install --yes prometheus")
    return pathlib.Path(found)
