# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the store does its work: an object there and back, and room for more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

from dataops.objectstore import StoreError, open_store
from dataops.operations import Check, Context, NoParams, OperationError, checking, probe
from observed import Observed
from status import LEAST_FREE
from vault import Vault

# Within a hook: a store beside us answers at once or not at all.
_PATIENCE = timedelta(seconds=3)


def checks(context: Context[Observed, Vault, NoParams]) -> Iterator[Check]:
    """Uses the store as its customers do."""
    observed = context.observed
    app = observed.application
    yield probe("objects", lambda: _objects(observed), f"juju status {app}; juju debug-log")
    yield probe("storage", lambda: _storage(observed), "make room there")
    yield probe("requests", lambda: _requests(observed), "correct it in the application")


def _objects(observed: Observed) -> str:
    """One is written, read and removed, with the operator's keys."""
    if observed.admin is None:
        raise OperationError("there are no keys yet")
    try:
        open_store(observed.admin, patience=_PATIENCE).check()
    except StoreError as error:
        raise OperationError(str(error)) from error
    return f"an object was written, read and removed at {observed.endpoint}"


def _storage(observed: Observed) -> str:
    """There is room for objects."""
    if observed.data is None:
        raise OperationError("no storage is attached")
    free = shutil.disk_usage(observed.data).free
    if free < LEAST_FREE:
        raise OperationError(f"{free >> 20} MiB left at {observed.data}")
    return f"{free / (1 << 30):.1f} GiB free at {observed.data}"


def _requests(observed: Observed) -> str:
    """Nobody asks for what cannot be."""
    if observed.refusals:
        raise OperationError("; ".join(observed.refusals))
    return f"{len(observed.requests)} applications have keys"


VERB = checking("Writes, reads and removes an object, and looks at the disk.", checks)
