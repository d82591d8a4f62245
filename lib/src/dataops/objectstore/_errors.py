# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a store, and who can mend it.

StoreError
 +-- Unreachable   the network, or whoever runs the store
 +-- Refused       whoever gave us the credentials (or the directory's owner)
 +-- NoBucket      whoever made the relation: the bucket or directory does not exist
 +-- Full          whoever pays for the disk, here or there
 +-- Missing       nobody: the object is not there
"""


class StoreError(Exception):
    """The store did not do what was asked; the message names it and the next move."""


class Unreachable(StoreError):  # noqa: N818 - the word that operators read
    """Nobody answers there, or not in a language that we speak."""


class Refused(StoreError):  # noqa: N818
    """The store answers, and will not have us."""


class NoBucket(StoreError):  # noqa: N818
    """The store answers; the bucket or directory is not there."""


class Full(StoreError):  # noqa: N818
    """No room left, in the store or on our own disk."""


class Missing(StoreError):  # noqa: N818
    """There is no object of that key."""
