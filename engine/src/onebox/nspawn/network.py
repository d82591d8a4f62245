# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The wires between machines: a bridge per model, a network namespace and a cable per machine."""

import subprocess
from pathlib import Path

from onebox.errors import OneboxError

INTERFACE = "eth0"
_NAMESPACES = Path("/run/netns")


def is_wired(network: str) -> bool:
    """Whether a network, or an address in it, is one of machines that boot."""
    return not network.startswith("127.")


def bridge_name(network: str) -> str:
    """The bridge of a network such as `10.83.7`."""
    return f"ob-{network.replace('.', '-')}"


def namespace(address: str) -> str:
    """The network namespace of the machine with that address."""
    return f"ob-{address.replace('.', '-')}"


def mac(address: str) -> str:
    """The hardware address of a machine: its own to choose, and the same after each boot."""
    return ":".join(["02", "6f", *(f"{int(part):02x}" for part in address.split("."))])


def bridge(network: str, host: int) -> None:
    """Makes the bridge of a network, if it is not there; the host has the number `host` on it."""
    name = bridge_name(network)
    if not Path("/sys/class/net", name).exists():
        _ip("link", "add", name, "type", "bridge")
        _ip("address", "add", f"{network}.{host}/24", "dev", name)
    _ip("link", "set", name, "up")


def remove_bridge(network: str) -> None:
    """Takes the bridge away, if it is there."""
    if Path("/sys/class/net", bridge_name(network)).exists():
        _ip("link", "delete", bridge_name(network))


def plug(address: str, host: int) -> Path:
    """A namespace with one interface at `address`, cabled to its bridge; made when missing."""
    name, network = namespace(address), address.rpartition(".")[0]
    path = _NAMESPACES / name
    if path.exists():
        cut(address, off=False)
        return path
    bridge(network, host)
    outside = _cable(address)
    # What an earlier attempt left half made.
    if Path("/sys/class/net", outside).exists():
        _ip("link", "delete", outside)
    _ip("netns", "add", name)
    try:
        peer = ("peer", "name", INTERFACE, "address", mac(address), "netns", name)
        _ip("link", "add", outside, "type", "veth", *peer)
        _ip("link", "set", outside, "master", bridge_name(network), "up")
        _ip("-n", name, "address", "add", f"{address}/24", "dev", INTERFACE)
        for device in ("lo", INTERFACE):
            _ip("-n", name, "link", "set", device, "up")
        _ip("-n", name, "route", "add", "default", "via", f"{network}.{host}")
    except OneboxError:
        unplug(address)
        raise
    return path


def unplug(address: str) -> None:
    """Takes a machine's namespace away, and with it the cable."""
    if (_NAMESPACES / namespace(address)).exists():
        _ip("netns", "delete", namespace(address))


def cut(address: str, *, off: bool) -> None:
    """Pulls the cable out of the bridge's side, or puts it back."""
    _ip("link", "set", _cable(address), "down" if off else "up")


def _cable(address: str) -> str:
    """The host's end of a machine's cable; at most fifteen letters."""
    return "ob" + "".join(f"{int(part):02x}" for part in address.split("."))


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OneboxError(f"ip {' '.join(words)}: {done.stderr.strip()}")
