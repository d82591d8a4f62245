# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps. Pure."""

from __future__ import annotations

import dataclasses

from dataops.interfaces.kafka_client import TopicRequest
from observed import Observed


@dataclasses.dataclass(frozen=True)
class Ask:
    """Have exactly this asked of Kafka; nothing takes back what was asked."""

    requests: tuple[TopicRequest, ...]


Step = Ask


def plan(observed: Observed) -> tuple[Step, ...]:
    """What has to be asked; with an unusable option, what was asked stays as it is."""
    if observed.config is None or observed.leaving.unit:
        return ()
    return (Ask(observed.config.requests),)
