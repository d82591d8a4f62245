# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who the engine says it is: one controller of the Juju 4.0 series."""

VERSION = "4.0.15"
CONTROLLER = "onebox"
CONTROLLER_UUID = "6f6e6562-6f78-4000-8000-000000000001"
CLOUD = "localhost"
CLOUD_TYPE = "onebox"
REGION = "localhost"
CREDENTIAL = "localhost"
USER = "admin"
SPACE = "alpha"
# Who may reach what is exposed unless somebody says otherwise.
EVERYWHERE = ("0.0.0.0/0", "::/0")
# The pool that Juju takes on a machine of LXD unless told otherwise.
POOL = "lxd"
# Those that there are, each with its provider.
POOLS = {name: name for name in ("loop", "lxd", "rootfs", "tmpfs")}
# Where a controller's API would listen; nothing does, the port only marks a network as taken.
API_PORT = 17070
# The last number of the address that stands for the controller in each network.
API_HOST = 254


def api(network: str) -> str:
    """The address of the controller that a model's machines are told."""
    return f"{network}.{API_HOST}:{API_PORT}"


def detachable(pool: str) -> bool:
    """Whether storage of a pool outlives its unit, in Juju: some lie on the unit's machine."""
    return pool not in ("rootfs", "tmpfs", "loop")


def resource_url(network: str, model: str, path: str) -> str:
    """Where the controller would keep a resource: refusals name it, as Juju's do."""
    return f"https://{api(network)}/model/{model}/{path}"
