# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""No two engines of a host use one network."""

from __future__ import annotations

from pathlib import Path

from onebox.home import Home
from onebox.networks import Networks


def test_two_engines_never_share_a_network(tmp_path: Path) -> None:
    one, two = Networks(Home(tmp_path / "1")), Networks(Home(tmp_path / "2"))
    network = one.pick("uuid")
    try:
        assert network.startswith("127.")
        assert not two.hold(network)
        one.release(network)
        assert two.hold(network)
    finally:
        two.release(network)
