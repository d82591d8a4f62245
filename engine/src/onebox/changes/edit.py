# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a frozen model is changed: copies of the parts that differ, nothing else."""

from datetime import datetime
from typing import Any, TypeVar

from onebox.errors import Refused, known
from onebox.model import Application, Frozen, Model, Relation, Status, Unit

Value = TypeVar("Value", bound=Frozen)


def replace(value: Value, **fields: Any) -> Value:
    """A copy of `value` with other `fields`."""
    return value.model_copy(update=fields)


def put(model: Model, family: str, key: Any, entity: Frozen) -> Model:
    """The model with one entity added or replaced."""
    return replace(model, **{family: {**getattr(model, family), key: entity}})


def drop(model: Model, family: str, *keys: Any) -> Model:
    """The model without some entities of one family."""
    kept = {k: v for k, v in getattr(model, family).items() if k not in keys}
    return replace(model, **{family: kept})


def put_unit(model: Model, unit: Unit, **fields: Any) -> Model:
    """The model with other `fields` of one unit."""
    return put(model, "units", unit.name, replace(unit, **fields))


def put_application(model: Model, application: Application, **fields: Any) -> Model:
    """The model with other `fields` of one application."""
    return put(model, "applications", application.name, replace(application, **fields))


def put_relation(model: Model, relation: Relation, **fields: Any) -> Model:
    """The model with other `fields` of one relation."""
    return put(model, "relations", relation.id, replace(relation, **fields))


def next_number(model: Model, sequence: str) -> tuple[Model, int]:
    """The next number of a sequence, which is never given out again."""
    number = model.sequences.get(sequence, 0)
    return replace(model, sequences={**model.sequences, sequence: number + 1}), number


def status(current: str, message: str = "", since: datetime | None = None, **data: Any) -> Status:
    """A status; `since` must be given, it is a keyword only for the eye."""
    if since is None:
        raise TypeError("a status needs the time since when it holds")
    return Status(current=current, message=message, data=data, since=since)


def application(model: Model, name: str) -> Application:
    """The application; Refused when there is none."""
    return known(model.applications, "application", name)


def unit(model: Model, name: str) -> Unit:
    """The unit; Refused when there is none."""
    return known(model.units, "unit", name)


def refuse_dying(model: Model, *applications: str) -> None:
    """Refuses to add anything to what is on its way out."""
    if model.life != "alive":
        raise Refused(f'model "{model.name}" is no longer alive', "not-alive")
    for name in applications:
        remote = model.remotes.get(name)
        if (remote or application(model, name)).life != "alive":
            raise Refused(f"application {name} is not alive", "not-alive")
