# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operator gives a charm: its options, a storage, the file of a resource."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import ops
import pydantic

ConfigT = TypeVar("ConfigT", bound=pydantic.BaseModel)


def options(charm: ops.CharmBase, shape: type[ConfigT]) -> tuple[ConfigT | None, tuple[str, ...]]:
    """The options in the charm's own shape; else None and a line for each unusable one."""
    raw = {name.replace("-", "_"): value for name, value in charm.config.items()}
    try:
        return shape.model_validate(raw), ()
    except pydantic.ValidationError as error:
        return None, tuple(
            f"{str(each['loc'][0]).replace('_', '-')} is {each['input']!r}: "
            f"{each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False)
        )


def storage(model: ops.Model, name: str = "data") -> Path | None:
    """Where a storage is; None while it is not attached."""
    attached = model.storages[name]
    return Path(attached[0].location) if attached else None


def resource(model: ops.Model, name: str) -> Path | None:
    """The attached file; Juju has no way to detach one, so that an empty file counts as none."""
    try:
        path = model.resources.fetch(name)
    except (ops.ModelError, NameError):
        return None
    return path if path.is_file() and path.stat().st_size else None
