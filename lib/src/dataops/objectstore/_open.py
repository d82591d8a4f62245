# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The store of a target."""

from datetime import timedelta

from dataops.objectstore._store import Store
from dataops.objectstore._target import Target


def open_store(target: Target, *, patience: timedelta = timedelta(seconds=60)) -> Store:
    """The store; nothing is asked of it yet.

    Args:
        target: where.
        patience: how long one request is tried again while the store does not answer.
    """
    if target.kind == "local":
        from dataops.objectstore._local import LocalStore

        return LocalStore(target)
    # Here, because the client takes longer to load than a hook may.
    from dataops.objectstore._s3 import S3Store

    return S3Store(target, patience)
