# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a model: their defaults and their values."""

from datetime import timedelta

from onebox.errors import Refused
from onebox.flags import read_duration
from onebox.model import Model, Scalar

# What a new model of Juju 4.0 has; most of it means nothing on one machine, but is kept and shown.
DEFAULTS: dict[str, Scalar] = {
    "agent-metadata-url": "",
    "agent-stream": "released",
    "apt-ftp-proxy": "",
    "apt-http-proxy": "",
    "apt-https-proxy": "",
    "apt-mirror": "",
    "apt-no-proxy": "",
    "automatically-retry-hooks": True,
    "backup-dir": "",
    "charmhub-url": "https://api.charmhub.io",
    "cloudinit-userdata": "",
    "container-image-metadata-defaults-disabled": False,
    "container-image-metadata-url": "",
    "container-image-stream": "released",
    "container-inherit-properties": "",
    "container-networking-method": "",
    "default-base": "",
    "default-space": "",
    "development": False,
    "disable-network-management": False,
    "disable-telemetry": False,
    "egress-subnets": "",
    "enable-os-refresh-update": False,
    "enable-os-upgrade": False,
    "firewall-mode": "instance",
    "ftp-proxy": "",
    "http-proxy": "",
    "https-proxy": "",
    "image-metadata-defaults-disabled": False,
    "image-metadata-url": "",
    "image-stream": "released",
    "juju-ftp-proxy": "",
    "juju-http-proxy": "",
    "juju-https-proxy": "",
    "juju-no-proxy": "127.0.0.1,localhost,::1",
    "logging-config": "<root>=INFO",
    "lxd-snap-channel": "5.0/stable",
    # How machines are made: `process`, or `nspawn` with these packages on top of the usual ones.
    "machine-backend": "process",
    "machine-packages": "",
    "max-action-results-age": "336h",
    "max-action-results-size": "5G",
    "mode": "requires-prompts",
    "net-bond-reconfigure-delay": 17,
    "no-proxy": "127.0.0.1,localhost,::1",
    "num-container-provision-workers": 4,
    "num-provision-workers": 16,
    "project": "default",
    "proxy-ssh": False,
    "saas-ingress-allow": "0.0.0.0/0,::/0",
    "snap-http-proxy": "",
    "snap-https-proxy": "",
    "snap-store-assertions": "",
    "snap-store-proxy": "",
    "snap-store-proxy-url": "",
    "ssh-allow": "0.0.0.0/0,::/0",
    "ssl-hostname-verification": True,
    "test-mode": False,
    "transmit-vendor-metrics": True,
    "type": "onebox",
    "update-status-hook-interval": "5m",
}


def option(model: Model, key: str) -> Scalar:
    """The value of a model option, set or default; empty text for one nobody knows."""
    return model.config.get(key, DEFAULTS.get(key, ""))


def boots(model: Model) -> bool:
    """Whether the model's machines boot, each with a systemd and a network of its own."""
    return option(model, "machine-backend") == "nspawn"


def update_status_interval(model: Model) -> timedelta:
    """How often an idle unit runs update-status."""
    return duration(str(option(model, "update-status-hook-interval")))


def duration(text: str) -> timedelta:
    """A duration in Go's spelling, such as `5m` or `1h30m`; Refused when it is none."""
    try:
        seconds = read_duration(text)
    except ValueError as error:
        raise Refused(str(error)) from None
    if seconds < 0:
        raise Refused(f'time: invalid duration "{text}"')
    return timedelta(seconds=seconds)


def log_level(model: Model, module: str) -> str:
    """The lowest level that is kept of a module, by the model's `logging-config`."""
    found, length = "INFO", -1
    for part in str(option(model, "logging-config")).split(";"):
        name, _, level = part.strip().partition("=")
        prefix = "" if name == "<root>" else f"{name}."
        if len(prefix) > length and f"{module}.".startswith(prefix):
            found, length = level.upper(), len(prefix)
    return found
