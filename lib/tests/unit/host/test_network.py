# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit listens."""

import ops
import pytest
from ops import testing

from dataops.host.network import address

META = {"name": "kafka", "provides": {"kafka-client": {"interface": "kafka_client"}}}


def bound(*addresses: str) -> str:
    context = testing.Context(ops.CharmBase, meta=META)
    network = testing.Network(
        "kafka-client",
        bind_addresses=[testing.BindAddress([testing.Address(a) for a in addresses])],
    )
    with context(context.on.start(), testing.State(networks=[network])) as manager:
        return address(manager.charm, "kafka-client")


def test_the_first_ipv4_address():
    assert bound("fd00::1", "10.1.2.3", "10.1.2.4") == "10.1.2.3"


def test_none_says_what_to_look_at():
    with pytest.raises(RuntimeError, match="juju show-unit kafka/0"):
        bound("fd00::1")
