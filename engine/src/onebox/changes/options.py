# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a model: their defaults and their values."""

from __future__ import annotations

import re
from datetime import timedelta

from onebox.errors import Refused
from onebox.model import Model, Scalar

DEFAULTS: dict[str, Scalar] = {
    "automatically-retry-hooks": True,
    "default-base": "",
    "development": False,
    "update-status-hook-interval": "5m",
    "juju-http-proxy": "",
    "juju-https-proxy": "",
    "juju-ftp-proxy": "",
    "juju-no-proxy": "127.0.0.1,localhost,::1",
    "http-proxy": "",
    "https-proxy": "",
    "ftp-proxy": "",
    "no-proxy": "127.0.0.1,localhost,::1",
    "logging-config": "<root>=INFO",
    # How machines are made: `process`, or `nspawn` with these packages on top of the usual ones.
    "machine-backend": "process",
    "machine-packages": "",
    "max-action-results-age": "336h",
    "mode": "",
    "test-mode": False,
    "type": "onebox",
}

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")


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
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        raise Refused(f'time: invalid duration "{text}"')
    hours, minutes, seconds, milli = (float(g or 0) for g in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milli)


def log_level(model: Model, module: str) -> str:
    """The lowest level that is kept of a module, by the model's `logging-config`."""
    found, length = "INFO", -1
    for part in str(option(model, "logging-config")).split(";"):
        name, _, level = part.strip().partition("=")
        prefix = "" if name == "<root>" else f"{name}."
        if len(prefix) > length and f"{module}.".startswith(prefix):
            found, length = level.upper(), len(prefix)
    return found
