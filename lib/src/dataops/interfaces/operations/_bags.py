# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing databags: what cannot be read harms nobody."""

from __future__ import annotations

import json
import logging
from typing import Any, TypeVar

import ops
import pydantic

from dataops.interfaces.operations._models import Outcome
from dataops.operations import explain

logger = logging.getLogger(__name__)

_ModelT = TypeVar("_ModelT", bound=pydantic.BaseModel)


def active(model: ops.Model, endpoint: str) -> list[ops.Relation]:
    """The endpoint's relations that are not about to end."""
    return [relation for relation in model.relations[endpoint] if relation.active]


def write(bag: ops.RelationDataContent, key: str, value: str) -> bool:
    """Set or (when empty) drop a key; touches nothing when it is so already."""
    if bag.get(key, "") == value:
        return False
    bag[key] = value
    return True


def outcome(relation: ops.Relation, holder: ops.Application | ops.Unit) -> Outcome:
    """The outcome in a databag; an empty one when there is none that can be read."""
    given = load(relation, holder, "outcome")
    return (validate(relation, Outcome, given) if given is not None else None) or Outcome()


def load(relation: ops.Relation, holder: ops.Application | ops.Unit, key: str) -> Any:
    """The JSON value of a key; None when it is absent or unreadable."""
    text = relation.data[holder].get(key, "")
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        logger.warning("Relation %s: %s of %s is not JSON", relation.id, key, holder.name)
        return None


def validate(relation: ops.Relation, model: type[_ModelT], value: Any) -> _ModelT | None:
    """The value as a model; None, and a warning, when it is none."""
    try:
        return model.model_validate(value)
    except pydantic.ValidationError as error:
        logger.warning("Relation %s: ignored: %s", relation.id, explain(error))
        return None
