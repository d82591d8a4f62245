# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the job of a performance report is told."""

from __future__ import annotations

import datetime

import pydantic

from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.prometheus_api import QueryServer
from report.performance.load import Measured


class Gathering(pydantic.BaseModel):
    """The specification of the job, which knows no Juju.

    Attributes:
        operation: number of the operation.
        model, unit: where it runs.
        archive: this unit's storage.
        window: how far to look back.
        rounds: of the fixed load; 0 leaves it out.
        admin: of the cluster, for its state and for the load's topic; None until it is granted.
        client: of the load's topic, like any customer; None until it is granted.
        prometheus: where to query; None until it is published.
        earlier: what earlier reports measured, oldest first.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    operation: int
    model: str
    unit: str
    archive: Archive
    window: datetime.timedelta
    rounds: int
    admin: Access | None = None
    client: Access | None = None
    prometheus: QueryServer | None = None
    earlier: tuple[Measured, ...] = ()
