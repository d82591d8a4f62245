# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Objects by key, in any S3-compatible store or in a local directory.

    store = open_store(target)
    store.put("segments/ab/abcd...", path, pace=Pace(20_000_000))
    store.fetch("segments/ab/abcd...", path)

Both kinds keep the same promises, held by one set of tests: an object appears when it is whole;
listing goes in the order of keys; deleting what is not there is no error; what went wrong is
named with the operator's next move.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataops.objectstore._directory import Directory
    from dataops.objectstore._errors import (
        Full,
        Missing,
        NoBucket,
        Refused,
        StoreError,
        Unreachable,
    )
    from dataops.objectstore._open import open_store
    from dataops.objectstore._pace import Pace
    from dataops.objectstore._store import Store, Stored
    from dataops.objectstore._target import Target

__all__ = [
    "Directory",
    "Full",
    "Missing",
    "NoBucket",
    "Pace",
    "Refused",
    "Store",
    "StoreError",
    "Stored",
    "Target",
    "Unreachable",
    "open_store",
]

_PLACES = {
    "Directory": "_directory",
    "Pace": "_pace",
    "Store": "_store",
    "Stored": "_store",
    "Target": "_target",
    "open_store": "_open",
}


def __getattr__(name: str) -> Any:
    """What is asked for, loaded then: every hook of some charms names a store, few have one."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_PLACES.get(name, '_errors')}"), name)
