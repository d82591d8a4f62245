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

from dataops.objectstore._errors import Full, Missing, NoBucket, Refused, StoreError, Unreachable
from dataops.objectstore._open import open_store
from dataops.objectstore._pace import Pace
from dataops.objectstore._store import Store, Stored
from dataops.objectstore._target import Directory, Target

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
