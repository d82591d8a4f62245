# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Options of applications: their types, their values, and the hash a unit remembers."""

import hashlib
import json
import math
import re

from onebox.changes import edit
from onebox.declared import number
from onebox.errors import Refused
from onebox.flags import read_bool
from onebox.model import Application, Charm, Model, Option, Scalar

_URI = re.compile(r"(?:secret:)?(?://[0-9a-f-]{36}/)?[0-9a-v]{20}")
# What Python takes in a number and Go does not.
_LOOSE = re.compile(r"[_\s]")


def set_values(
    model: Model, application: str, values: dict[str, Scalar], reset: tuple[str, ...]
) -> Model:
    """The model with other options of an application; Refused for an unknown option or value."""
    app = edit.application(model, application)
    charm = model.charm_of(application)
    values = dict(values)
    if "trust" in values and "trust" not in charm.options:
        app = edit.replace(app, trust=_trust(values.pop("trust")))
    if "trust" in reset and "trust" not in charm.options:
        app, reset = edit.replace(app, trust=False), tuple(r for r in reset if r != "trust")
    kept = {k: v for k, v in app.config.items() if k not in reset}
    return edit.put_application(model, app, config={**kept, **checked(charm, values)})


def checked(charm: Charm, values: dict[str, Scalar]) -> dict[str, Scalar]:
    """The values in the types their options declare; Refused for an unknown option or value."""
    _refuse_unknown(charm, *values)
    return {name: typed(name, charm.options[name], value) for name, value in values.items()}


def surviving(charm: Charm, values: dict[str, Scalar]) -> dict[str, Scalar]:
    """Those of the values that another revision of a charm still takes."""
    found: dict[str, Scalar] = {}
    for name, value in values.items():
        if name not in charm.options:
            continue
        try:
            found[name] = typed(name, charm.options[name], value)
        except Refused:
            continue
    return found


def typed(name: str, option: Option, value: Scalar) -> Scalar:
    """The value in the type its option declares; Refused when it cannot be."""
    found = _READERS[option.type](value)
    if found is None and option.type == "secret" and isinstance(value, str):
        raise Refused(f'invalid secret URI for option "{name}": secret URI "{value}" not valid')
    if found is None:
        raise Refused(f'option "{name}" expected {option.type}, got {_shown(value)}')
    return found


def effective(charm: Charm, application: Application) -> dict[str, Scalar]:
    """Every option that has a value: what the operator set, else its default."""
    defaults = {k: o.default for k, o in charm.options.items() if o.default is not None}
    return {**defaults, **application.config}


def config_hash(model: Model, unit: str) -> str:
    """Changes whenever a unit must run config-changed: options, trust and its address."""
    owner = model.units[unit]
    application = model.applications[owner.application]
    values = effective(model.charm_of(owner.application), application)
    machine = model.machines.get(owner.machine)
    seen = [sorted(values.items()), application.trust, machine.address if machine else ""]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _shown(value: Scalar) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _refuse_unknown(charm: Charm, *names: str) -> None:
    for name in names:
        if name not in charm.options:
            raise Refused(f'unknown option "{name}"', "not-found")


def _trust(value: Scalar) -> bool:
    try:
        return value != "" and read_bool(str(value))
    except ValueError:
        reason = f'strconv.ParseBool: parsing "{value}": invalid syntax'
        raise Refused(f"parsing trust setting: {reason}") from None


def _string(value: Scalar) -> Scalar | None:
    return value if isinstance(value, str) else None


def _int(value: Scalar) -> Scalar | None:
    if isinstance(value, bool) or _LOOSE.search(str(value)):
        return None
    try:
        found = int(value)
    except (ValueError, OverflowError):
        return None
    return found if found == float(value) and -(2**63) <= found < 2**63 else None


def _float(value: Scalar) -> Scalar | None:
    if isinstance(value, bool) or _LOOSE.search(str(value)):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return number(found) if math.isfinite(found) else None


def _boolean(value: Scalar) -> Scalar | None:
    try:
        if isinstance(value, str):
            return read_bool(value)
    except ValueError:
        return None
    return value if isinstance(value, bool) else None


def _secret(value: Scalar) -> Scalar | None:
    known = isinstance(value, str) and (not value or _URI.fullmatch(value))
    return value if known else None


_READERS = {
    "string": _string,
    "int": _int,
    "float": _float,
    "boolean": _boolean,
    "secret": _secret,
}
