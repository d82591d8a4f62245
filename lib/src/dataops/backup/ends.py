# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the logs of a restored cluster ended before any client wrote there.

Whoever keeps its place in Kafka for itself, as a Spark job does in its checkpoint, may have read
further than the backup reaches: what is written at those offsets later is something else.
"""

from __future__ import annotations

import datetime

from dataops.backup._models import Value
from dataops.backup.manifest import Document

RESTORED = "restored.json"


class TopicEnds(Value):
    """One topic.

    Attributes:
        topic: its name.
        ends: by partition the offset after its last record.
    """

    topic: str
    ends: tuple[int, ...]


class RestoredEnds(Document):
    """What is at `restored.json` in the place of a cluster that was restored.

    Attributes:
        id: of the backup.
        source: Kafka's id of the cluster that was backed up.
        at: when the ends were read: soon after, clients were let in.
        until: up to when the restored logs have everything: when the backup began, or the earlier
            time to which it was restored.
        topics: every topic but Kafka's own, by name.
    """

    source: str
    at: datetime.datetime
    until: datetime.datetime
    topics: tuple[TopicEnds, ...] = ()
