# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Models as a whole: their making, their configuration, their end."""

import re
from datetime import datetime

from onebox.changes import applications, edit, machines, offers
from onebox.changes.options import DEFAULTS, duration, option, update_status_interval
from onebox.errors import Refused
from onebox.model import Model, Scalar

# What the machines that exist were made by.
_FIXED = {"machine-backend", "machine-packages"}
_BACKENDS = ["process", "nspawn"]
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create(name: str, uuid: str, network: str, config: dict[str, Scalar], now: datetime) -> Model:
    """A new, empty model; Refused when the name or an option is none."""
    if not _NAME.fullmatch(name):
        raise Refused(
            f'"{name}" is not a valid name: '
            "model names may only contain lowercase letters, digits and hyphens"
        )
    empty = Model(name=name, uuid=uuid, network=network, created=now)
    return _configured(empty, config, (), now)


def configure(
    model: Model, values: dict[str, Scalar], reset: tuple[str, ...], now: datetime
) -> Model:
    """The model with other configuration; a new interval of update-status holds at once."""
    if "agent-version" in values:
        raise Refused('"agent-version" must be set via "upgrade-model"')
    for key in _FIXED & ({*values, *reset}):
        if values.get(key, DEFAULTS[key]) != option(model, key):
            raise Refused(f"cannot change {key} of a model: add another model with it")
    return _configured(model, values, reset, now)


def _configured(
    model: Model, values: dict[str, Scalar], reset: tuple[str, ...], now: datetime
) -> Model:
    config = {k: v for k, v in model.config.items() if k not in reset}
    config.update({k: _typed(k, v) for k, v in values.items()})
    changed = edit.replace(model, config=config)
    if update_status_interval(changed) == update_status_interval(model):
        return changed
    for unit in changed.units.values():
        due = now + update_status_interval(changed)
        changed = edit.put_unit(changed, unit, next_update_status=due)
    return changed


def destroy(model: Model, force: bool) -> Model:
    """The model with everything in it on its way out.

    Storage goes with its machines: on their own disks nothing is persistent in Juju's sense, so
    that there is nothing to release either.
    """
    for name in tuple(model.offers):
        model = offers.remove(model, name, force=True)
    for name in tuple(model.remotes):
        model = offers.forget(model, name, force=force) if model.remotes[name].url else model
    for name in model.applications:
        model = applications.remove(model, name, force)
    for machine in model.machines.values():
        model = edit.put(model, "machines", machine.id, edit.replace(machine, kept=False))
    return edit.replace(machines.drop_unused(model), life="dying")


def empty(model: Model) -> bool:
    """Whether nothing is left that needs an orderly end."""
    return not (model.units or model.applications or model.machines)


def _typed(key: str, value: Scalar) -> Scalar:
    default = DEFAULTS.get(key)
    if key == "machine-backend" and value not in _BACKENDS:
        raise Refused(f"machine-backend: expected one of {_BACKENDS}, got {value!r}")
    if key == "update-status-hook-interval":
        duration(str(value))
    if isinstance(default, bool) and not isinstance(value, bool):
        if str(value).lower() not in ("true", "false"):
            raise Refused(f'{key}: expected bool, got string("{value}")')
        return str(value).lower() == "true"
    if type(default) is int and not isinstance(value, (int, float)):
        if not value.lstrip("-").isdecimal():
            raise Refused(f'{key}: expected number, got string("{value}")')
        return int(value)
    return value
