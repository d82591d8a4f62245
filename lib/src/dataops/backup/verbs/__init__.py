# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The verbs of backups that charms share: where backups are, what there is of them, what goes.

A charm says where its backups are, and gets `list-backups`, `verify-backup`, `prune-backups`; one
whose backups are files also gets `create-backup` and `restore`, and one that rehearses gets
`clear-rehearsal`. Nothing here loads a store's
client in a hook.
"""

from dataops.backup.verbs._access import Access, Where, nowhere, told, unit_place, usable
from dataops.backup.verbs._clear_rehearsal import Cleared, Place, clearing
from dataops.backup.verbs._create import Created, FilesSpec, creating
from dataops.backup.verbs._list import Catalogue, Listed, listing
from dataops.backup.verbs._prune import Removed, pruning
from dataops.backup.verbs._restore import Restored, RestoreSpec, restoring
from dataops.backup.verbs._verify import Verified, verifying

__all__ = [
    "Access", "Catalogue", "Cleared", "Created", "FilesSpec", "Listed", "Place", "Removed",
    "RestoreSpec", "Restored", "Verified", "Where", "clearing", "creating", "listing", "nowhere",
    "pruning", "restoring", "told", "unit_place", "usable", "verifying",
]  # fmt: skip
