# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operator gives a charm: its options, a storage, the file of a resource."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, MutableMapping, MutableSequence
from pathlib import Path
from typing import TypeVar

import ops
import pydantic

logger = logging.getLogger(__name__)

ConfigT = TypeVar("ConfigT", bound=pydantic.BaseModel)
KeptT = TypeVar("KeptT", bound=ops.Object)

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


def storage(charm: ops.CharmBase, name: str = "data") -> Path | None:
    """Where a storage is; None while it is not attached.

    Nor once its `storage-detaching` hook has ended: Juju takes it away beside the hooks that
    follow, so that one of them would start again on it what has just left it in order. Which
    storage has left is noted by asking in its hooks: a charm that reconciles does so in each.
    """
    left = _kept(charm, "_left", _Left)
    attached = [one for one in charm.model.storages[name] if left.has(one.full_id)]
    return Path(attached[0].location) if attached else None


def resource(charm: ops.CharmBase, name: str) -> Path | None:
    """The attached file; Juju has no way to detach one, so that an empty file counts as none.

    At each question Juju reads the whole file, to see whether it still is what the operator has
    attached. It announces a new one by `upgrade-charm`; until then the last answer holds.

    Args:
        charm: whose resource.
        name: as in its `charmcraft.yaml`.
    """
    path = _kept(charm, "_answers", _Answers).of(name)
    return path if path and path.is_file() and path.stat().st_size else None


def _kept(charm: ops.CharmBase, name: str, kind: Callable[[ops.CharmBase], KeptT]) -> KeptT:
    """The charm's own one, made when it is first asked for."""
    if name not in charm.__dict__:
        # The framework keeps only weak references to such objects: the charm has to hold it.
        charm.__dict__[name] = kind(charm)
    return charm.__dict__[name]


class _Left(ops.Object):
    """The storages that have left this unit, kept from hook to hook until they are back."""

    _kept = ops.StoredState()

    def __init__(self, charm: ops.CharmBase) -> None:
        super().__init__(charm, "dataops-storages")
        self._kept.set_default(ids=[])
        self._here = os.environ.get("JUJU_STORAGE_ID", "")
        self._note(os.environ.get("JUJU_DISPATCH_PATH", ""))

    def has(self, storage: str) -> bool:
        """Whether the unit still has it; `data/0`."""
        return storage == self._here or storage not in self._ids

    @property
    def _ids(self) -> MutableSequence[str]:
        return self._kept.ids  # pyright: ignore[reportReturnType]

    def _note(self, hook: str) -> None:
        """Remember what this hook takes or brings; Juju forgets it too if the hook fails."""
        if hook.endswith("-storage-detaching") and self._here not in self._ids:
            self._ids.append(self._here)
        if hook.endswith("-storage-attached") and self._here in self._ids:
            self._ids.remove(self._here)


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
