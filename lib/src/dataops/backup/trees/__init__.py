# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit's files as they were at one moment, in the same store and form as Kafka's logs.

For applications whose files are written once, or only grow: a hard link keeps them, and of what
grows only the size at the cut counts. `take` makes a backup, `place` puts one on the disk.
"""

from dataops.backup.trees._cut import cut
from dataops.backup.trees._place import TreeError, place
from dataops.backup.trees._take import Source, take

__all__ = ["Source", "TreeError", "cut", "place", "take"]
