# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where this unit listens."""

import ipaddress

import ops


def address(charm: ops.CharmBase, endpoint: str) -> str:
    """This unit's bind address on the endpoint, as IPv4 text.

    Raises:
        RuntimeError: when the network of the endpoint has no IPv4 address.
    """
    binding = charm.model.get_binding(endpoint)
    interfaces = binding.network.interfaces if binding else []
    for interface in interfaces:
        if isinstance(interface.address, ipaddress.IPv4Address):
            return str(interface.address)
    raise RuntimeError(
        f"No IPv4 address on endpoint {endpoint!r}: check `juju show-unit {charm.unit.name}`"
        " and the space the endpoint is bound to"
    )
