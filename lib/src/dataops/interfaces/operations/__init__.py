# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Interface `dataops_operations` v1: one application offers day-2 verbs, another asks for them.

| databag | key | value |
|---|---|---|
| provider, app | `catalogue` | JSON list of verbs: what this application can do |
| provider, app | `role` | text: what this application is, such as `event-streaming` |
| provider, app | `outcome` | JSON: how the current task ended, for a verb of scope `leader` |
| provider, unit | `outcome` | JSON: how it ended on this unit, for every other scope |
| requirer, app | `task` | JSON: the one thing that is to be done now; absent: nothing |

A task is named by operation, step and attempt; a unit that has a final outcome of that name has
done it. A verb of scope `rolling` runs on the units that the task names, which the requirer
extends one by one. A job runs while the databag holds its task: a task that is withdrawn is a job
that is cancelled. Every field is optional to read, unknown fields and values are tolerated:
either side may upgrade first. A secret travels as its Juju secret URI, never by value. For authors
of other charms: docs/reference/interfaces/dataops_operations/v1.
"""

from dataops.interfaces.operations._models import (
    CatalogueEntry,
    Outcome,
    Participant,
    Status,
    Task,
    utc_now,
)
from dataops.interfaces.operations._perform import perform
from dataops.interfaces.operations._provider import OperationsProvider
from dataops.interfaces.operations._requirer import OperationsRequirer

__all__ = [
    "CatalogueEntry",
    "OperationsProvider",
    "OperationsRequirer",
    "Outcome",
    "Participant",
    "Status",
    "Task",
    "perform",
    "utc_now",
]
