# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""network-get: a machine has one address, whatever it is asked for."""

from typing import Any

from onebox.errors import Refused
from onebox.flags import UsageError, option, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool
from onebox.nspawn import network as wires

RELATION = option("r", "relation", help="Specify a relation by id")
PRIMARY = switch("primary-address", help="(deprecated) get the primary address for the binding")
BIND = switch(
    "bind-address", help="Get the address for the binding on which the unit should listen"
)
INGRESS = switch("ingress-address", help="Get the ingress address for the binding")
EGRESS = switch("egress-subnets", help="Get the egress subnets for the binding")


def _device(address: str) -> tuple[str, str, str]:
    """The name, the hardware address and the subnet of the interface with that address."""
    if wires.is_wired(address):
        subnet = f"{address.rpartition('.')[0]}.0/24"
        return wires.INTERFACE, wires.mac(address), subnet
    return "lo", "00:00:00:00:00:00", "127.0.0.0/8"


@tool(
    "network-get <binding-name> [--ingress-address] [--bind-address] [--egress-subnets]",
    "Get network config.",
    RELATION,
    PRIMARY,
    BIND,
    INGRESS,
    EGRESS,
    form=SMART_FORMAT,
)
def network_get(context: Context, call: Call) -> Any:
    """Everything about a binding, or the parts that flags ask for."""
    if not call.args:
        raise UsageError("no arguments specified")
    name = call.arg(0)
    if not name:
        raise UsageError("no binding name specified")
    if call[RELATION]:
        context.relation(call[RELATION])
    call.at_most(1)
    if name not in _bindings(context):
        raise Refused(f"no network config found for binding {quote(name)}")
    return _selected(call, context.address)


def _selected(call: Call, address: str) -> Any:
    parts: dict[str, Any] = {}
    if call[BIND]:
        parts["bind-address"] = address
    if call[EGRESS]:
        parts["egress-subnets"] = [f"{address}/32"]
    if call[INGRESS]:
        parts["ingress-address"] = address
    if call[PRIMARY]:
        if parts:
            raise Refused("--primary-address must be the only flag specified")
        return address
    if not parts:
        return _everything(address, call[SMART_FORMAT] != "json")
    return parts if len(parts) > 1 else next(iter(parts.values()))


def _bindings(context: Context) -> set[str]:
    return {*context.charm.endpoints, *context.charm.extra_bindings, "juju-info"}


def _everything(address: str, as_yaml: bool) -> dict[str, Any]:
    """The whole answer; YAML repeats some values under the keys of older agents."""
    name, mac, subnet = _device(address)
    entry: dict[str, Any] = {"hostname": address, "value": address, "cidr": subnet}
    device: dict[str, Any] = {"mac-address": mac, "interface-name": name, "addresses": [entry]}
    if as_yaml:
        entry["address"] = address
        device.update({"macaddress": mac, "interfacename": name})
    return {
        "bind-addresses": [device],
        "egress-subnets": [f"{address}/32"],
        "ingress-addresses": [address],
    }
