# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The networks of an engine's models, held against other engines on this host."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator

import psutil

from onebox import persona
from onebox.errors import OneboxError
from onebox.home import Home
from onebox.nspawn import network as wires


class Networks:
    """The networks of all models of this engine, held against other engines on this host."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._held: dict[str, socket.socket] = {}

    def pick(self, model_uuid: str, *, wired: bool = False) -> str:
        """A network that no other engine uses, the same one for the same model.

        It is in 127/8, or with `wired` in 10/8: machines that boot are cabled to each other.
        """
        for network in _candidates(f"{self._home.root}:{model_uuid}", "10" if wired else "127"):
            if not (wired and _in_use(network)) and self.hold(network):
                return network
        raise OneboxError("no network is left for another model; destroy one first")

    def hold(self, network: str) -> bool:
        """Marks a network as taken; False when another engine has it."""
        if network in self._held:
            return False
        if wires.is_wired(network):
            wires.bridge(network, persona.API_HOST)
        claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            claim.bind((f"{network}.{persona.API_HOST}", persona.API_PORT))
        except OSError:
            claim.close()
            return False
        self._held[network] = claim
        return True

    def release(self, network: str) -> None:
        """Lets a network go."""
        claim = self._held.pop(network, None)
        if claim is not None:
            claim.close()
            if wires.is_wired(network):
                wires.remove_bridge(network)


def _in_use(network: str) -> bool:
    """Whether this host has an address in a network already."""
    devices = psutil.net_if_addrs().values()
    return any(a.address.startswith(f"{network}.") for device in devices for a in device)


def _candidates(seed: str, first: str) -> Iterator[str]:
    """Networks such as `127.83.7`, from the hash of `seed`; `$ONEBOX_NETWORK` fixes a prefix."""
    prefix = os.environ.get("ONEBOX_NETWORK", "") if first == "127" else ""
    for attempt in range(4096):
        second, third = hashlib.sha256(f"{seed}:{attempt}".encode()).digest()[:2]
        yield f"{prefix or f'{first}.{16 + second % 224}'}.{third}"
