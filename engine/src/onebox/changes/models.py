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
# How Juju begins to say what is wrong with a value, of a new model and of one that is there.
_MAKING = (
    'setting model config for model "{}": constructing new model config with model defaults: '
)
_UPDATING = (
    "making updated model configuration: building new model config with removed attributes: "
)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create(name: str, uuid: str, network: str, config: dict[str, Scalar], now: datetime) -> Model:
    """A new, empty model; Refused when the name or an option is none."""
    if not _NAME.fullmatch(name):
        raise Refused(
            f'"{name}" is not a valid name: '
            "model names may only contain lowercase letters, digits and hyphens"
        )
    empty = Model(name=name, uuid=uuid, network=network, created=now)
    return _configured(empty, _read(config, _MAKING.format(name)), (), now)


def configure(
    model: Model, values: dict[str, Scalar], reset: tuple[str, ...], now: datetime
) -> Model:
    """The model with other configuration; a new interval of update-status holds at once."""
    if "agent-version" in values:
        raise Refused('"agent-version" must be set via "upgrade-model"')
    for key in _FIXED & ({*values, *reset}):
        if values.get(key, DEFAULTS[key]) != option(model, key):
            raise Refused(f"cannot change {key} of a model: add another model with it")
    return _configured(model, _read(values, _UPDATING), reset, now)


def _read(values: dict[str, Scalar], prefix: str) -> dict[str, Scalar]:
    """The values in the types of their options; Refused for one that does not fit."""
    try:
        return {key: _typed(key, value) for key, value in values.items()}
    except Refused as error:
        raise Refused(f"{prefix}{error.message}", error.code) from None


def _configured(
    model: Model, values: dict[str, Scalar], reset: tuple[str, ...], now: datetime
) -> Model:
    config = {k: v for k, v in model.config.items() if k not in reset}
    config.update(values)
    changed = edit.replace(model, config=config)
    if update_status_interval(changed) == update_status_interval(model):
        return changed
    for unit in changed.units.values():
        due = now + update_status_interval(changed)
        changed = edit.put_unit(changed, unit, next_update_status=due)
    return changed


def destroy(model: Model, force: bool) -> Model:
    """The model with everything in it on its way out."""
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


def _interval(text: str) -> None:
    try:
        duration(text)
    except Refused as error:
        what = "invalid update status hook interval in model configuration"
        raise Refused(f"{what}: {error.message}") from None


def _typed(key: str, value: Scalar) -> Scalar:
    default = DEFAULTS.get(key)
    if key == "machine-backend" and value not in _BACKENDS:
        raise Refused(f"machine-backend: expected one of {_BACKENDS}, got {value!r}")
    if key == "update-status-hook-interval":
        _interval(str(value))
    if isinstance(default, bool) and not isinstance(value, bool):
        if str(value).lower() not in ("true", "false"):
            raise Refused(f'{key}: expected bool, got string("{value}")')
        return str(value).lower() == "true"
    if type(default) is int and not isinstance(value, (int, float)):
        if not value.lstrip("-").isdecimal():
            raise Refused(f'{key}: expected number, got string("{value}")')
        return int(value)
    return value
