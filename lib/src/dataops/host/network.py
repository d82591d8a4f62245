# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where this unit listens, and by what name."""

import ipaddress
import logging
import socket
from typing import TYPE_CHECKING

import ops

if TYPE_CHECKING:
    import ssl

logger = logging.getLogger(__name__)


def address(charm: ops.CharmBase, endpoint: str) -> str:
    """This unit's bind address on the endpoint, as IPv4 text.

    Raises:
        RuntimeError: when the network of the endpoint has no IPv4 address.
    """
    binding = charm.model.get_binding(endpoint)
    found = listening(binding.network) if binding else None
    if found:
        return str(found)
    raise RuntimeError(
        f"No IPv4 address on endpoint {endpoint!r}: check `juju show-unit {charm.unit.name}`"
        " and the space the endpoint is bound to"
    )


def listening(network: ops.Network) -> ipaddress.IPv4Address | None:
    """The bind address where workloads listen; None when there is no IPv4 address.

    Of several, the one by which Juju tells others to come in: a machine has bridges of its own
    that nobody else reaches.
    """
    found = [interface.address for interface in network.interfaces]
    addresses = [one for one in found if isinstance(one, ipaddress.IPv4Address)]
    return min(addresses, key=lambda one: one not in network.ingress_addresses, default=None)


def name() -> str:
    """This machine's own name, the same with and without a name server that answers.

    Its full name is what a name server says: each hook would ask, and a certificate that bears it
    would be asked for anew whenever the answer is another.
    """
    return socket.gethostname()


def ask(url: str, timeout: float, trusted: "ssl.SSLContext | None" = None) -> bytes:
    """What a unit's own page answers; asked directly, whatever proxy the environment names.

    The proxy that an operator gives a model leads out of it, and need not know a way back in.

    Args:
        url: http or https, of a unit of this model.
        timeout: seconds.
        trusted: by whom an https address is trusted.

    Raises:
        OSError: it does not answer, or refuses.
    """
    # Here, because most hooks ask nobody.
    import urllib.request

    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)]
    with urllib.request.build_opener(*handlers).open(url, timeout=timeout) as answer:
        return answer.read()


def open_ports(unit: ops.Unit, *ports: int) -> None:
    """Have exactly these ports open, as far as Juju lets this unit.

    It refuses a port that another unit of the same machine has open. Such a unit cannot listen
    there either, which is what its status is about: no reason to end in an error.
    """
    try:
        unit.set_ports(*ports)
    except ops.ModelError as error:
        logger.warning("Juju does not open %s: %s", ", ".join(map(str, ports)), error)
