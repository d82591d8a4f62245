# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Relation databags: what a unit or a leader writes."""

from __future__ import annotations

from collections.abc import Mapping

from onebox.changes import edit
from onebox.model import Bag, Model


def write(model: Model, relation: int, owner: str, settings: Mapping[str, str]) -> Model:
    """The model with other values in the bag of a unit or application; "" deletes a key.

    Nothing that differs, no new version: others are only told of real changes. A relation that
    has gone meanwhile took its bags along.
    """
    found = model.relations.get(relation)
    if found is None:
        return model
    family = "units" if "/" in owner else "applications"
    bags: dict[str, Bag] = getattr(found, family)
    bag = bags.get(owner, Bag())
    data = {k: v for k, v in {**bag.data, **settings}.items() if v != ""}
    if data == bag.data:
        return model
    changed = Bag(data=data, version=bag.version + 1)
    return edit.put_relation(model, found, **{family: {**bags, owner: changed}})
