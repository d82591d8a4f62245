# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Restores a backup: what the new cluster will be, and each node's share of it on its disk.

`blueprint` decides, purely; `place` puts one partition into a broker's directory, `furnish` all
of a node's; `groups` says where consumers go on.
"""

from dataops.backup.restoration._furnish import BOOTSTRAP, Furnished, furnish, image_of
from dataops.backup.restoration._place import Placed, content_on_disk, place
from dataops.backup.restoration._plan import (
    Blueprint,
    RestoreError,
    Wish,
    blueprint,
    groups,
    refusals,
)
from dataops.backup.restoration._read import Pieces

__all__ = [
    "BOOTSTRAP",
    "Blueprint",
    "Furnished",
    "Pieces",
    "Placed",
    "RestoreError",
    "Wish",
    "blueprint",
    "content_on_disk",
    "furnish",
    "groups",
    "image_of",
    "place",
    "refusals",
]
