# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whose machine this is."""

import os
from pathlib import Path

import pytest

from dataops.host.machine import is_ours

JUJU = "/var/lib/juju/agents/unit-kafka-0/charm"
PRIVATE = "/home/me/.local/share/juju/onebox/models/m/machines/0" + JUJU


@pytest.mark.parametrize(
    "uid, place, ours",
    [(0, JUJU, True), (0, PRIVATE, False), (1000, JUJU, False), (0, "/work", False)],
)
def test_it_is_ours_as_root_in_jujus_own_place(monkeypatch, uid, place, ours):
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert is_ours(Path(place)) is ours
    monkeypatch.setenv("JUJU_CHARM_DIR", place)
    assert is_ours() is ours


def test_without_juju_it_is_not_ours(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.delenv("JUJU_CHARM_DIR", raising=False)
    assert not is_ours()
