# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs of this charm work with: its broker, and the cluster's administrator."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import traffic
from backup_keys import BackupKeys
from broker import Broker
from cluster import administrator
from dataops.certificates.renewal import Ledger
from dataops.certificates.requester import Requester
from peers import Peers

if TYPE_CHECKING:
    from admin import Administrator


@dataclasses.dataclass(frozen=True)
class Workload:
    """One broker, and the cluster it belongs to.

    Attributes:
        broker: this unit's.
        addresses: of all brokers, this one's first: it answers soonest.
        peers: what the units tell each other.
        requester: of this unit's certificate.
        backup_keys: the key to backups.
    """

    broker: Broker
    addresses: tuple[str, ...]
    peers: Peers
    requester: Requester
    backup_keys: BackupKeys

    @property
    def renewals(self) -> Ledger:
        """The renewal of this unit's certificate that runs."""
        return Ledger(self.broker.paths.etc)

    def key(self) -> str:
        """What opens backups; empty when there is none.

        Raises:
            OperationError, SealError: the operator's secret cannot be read, or holds no key.
        """
        found = self.backup_keys.current()
        return found.text if found else ""

    def agree(self, values: Mapping[str, str]) -> None:
        """Write into what all units go by. Leader only."""
        self.peers.agree(values)

    def traffic(self, nodes: Iterable[str]) -> Mapping[str, float] | None:
        """How busy each user keeps these brokers; None when one of them does not say."""
        return traffic.of(nodes)

    def administrator(self) -> AbstractContextManager[Administrator | None]:
        """An administrator of the cluster; None when no broker answers."""
        return administrator(self.addresses, self.broker.paths.etc)
