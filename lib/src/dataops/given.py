# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operator gives a charm: its options, a storage, the file of a resource."""

from __future__ import annotations

import logging
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import TypeVar

import ops
import pydantic

logger = logging.getLogger(__name__)

ConfigT = TypeVar("ConfigT", bound=pydantic.BaseModel)

# Hooks before which somebody may have attached another file.
_ANNOUNCED = ("hooks/install", "hooks/start", "hooks/upgrade-charm")


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


def resource(charm: ops.CharmBase, name: str) -> Path | None:
    """The attached file; Juju has no way to detach one, so that an empty file counts as none.

    At each question Juju reads the whole file, to see whether it still is what the operator has
    attached. It announces a new one by `upgrade-charm`; until then the last answer holds.

    Args:
        charm: whose resource.
        name: as in its `charmcraft.yaml`.
    """
    known = charm.__dict__.get("_answers")
    if known is None:
        # The framework keeps only weak references to observers: the charm has to hold this one.
        known = charm.__dict__["_answers"] = _Answers(charm)
    path = known.of(name)
    return path if path and path.is_file() and path.stat().st_size else None


class _Answers(ops.Object):
    """What Juju has said about resources, kept from hook to hook: a path, or no file at all."""

    _kept = ops.StoredState()

    def __init__(self, charm: ops.CharmBase) -> None:
        super().__init__(charm, "dataops-resources")
        self._kept.set_default(paths={})
        self._asked: set[str] = set()

    def of(self, name: str) -> Path | None:
        paths: MutableMapping[str, str] = self._kept.paths  # pyright: ignore[reportAssignmentType]
        path = paths.get(name)
        announced = os.environ.get("JUJU_DISPATCH_PATH") in _ANNOUNCED and name not in self._asked
        # A file that is gone is asked for again: Juju brings it back.
        if path is None or announced or (path and not Path(path).is_file()):
            self._asked.add(name)
            path = self._fetched(name)
            if path is None:
                paths.pop(name, None)
            else:
                paths[name] = path
        return Path(path) if path else None

    def _fetched(self, name: str) -> str | None:
        """The path; empty when nothing is attached, None when Juju could not tell."""
        try:
            return str(self.model.resources.fetch(name))
        except NameError:
            return None
        except ops.ModelError as error:
            if "not found" in str(error):
                return ""
            # The next hook may have an answer.
            logger.info("No answer about the resource %s: %s", name, error)
            return None
