# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs of this charm work with: its broker, and the cluster's administrator."""

from __future__ import annotations

import dataclasses
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from broker import Broker
from cluster import administrator

if TYPE_CHECKING:
    from admin import Administrator


@dataclasses.dataclass(frozen=True)
class Workload:
    """One broker, and the cluster it belongs to.

    Attributes:
        broker: this unit's.
        addresses: of all brokers, this one's first: it answers soonest.
    """

    broker: Broker
    addresses: tuple[str, ...]

    def administrator(self) -> AbstractContextManager[Administrator | None]:
        """An administrator of the cluster; None when no broker answers."""
        return administrator(self.addresses, self.broker.paths.etc)
