# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the units tell each other: the leader's agreement, and how far each of them has come."""

import time

import ops

import rpc_secret
from agreement import Agreement
from dataops.rotation import Rotation
from observed import Observed
from plan import agree
from reading import END, PEERS
from rpc_login import SilentError, accepts
from rpc_secret import Secrets


class Peers:
    """The databags of the peer relation, and the secret that they name.

    Args:
        charm: whose.
    """

    def __init__(self, charm: ops.CharmBase) -> None:
        self._charm = charm

    def agree(self, observed: Observed) -> bool:
        """Whether the agreement is a new one; says where we are, and as the leader what to do."""
        relation = self._relation
        if relation is None or observed.leaving.unit:
            return False
        relation.data[self._charm.unit]["address"] = observed.address
        if not observed.leader:
            return False
        known_as = observed.agreement.secret or rpc_secret.made(self._charm.app)
        agreement = agree(observed, known_as)
        change = agreement.change
        if change and not change.began and observed.secret:
            known = Secrets(observed.secret)
            rpc_secret.renew(self._charm.model, agreement.secret, known)
            began = rpc_secret.begun(change, agreement.generation, time.time())
            agreement = agreement.changed(began, agreement.generation + 1)
        if agreement == observed.agreement:
            return False
        relation.data[self._charm.app].update(agreement.write())
        return True

    def tell(self, observed: Observed) -> None:
        """Which secret this unit's processes work with, and until when its certificate is good."""
        relation = self._relation
        if relation is None:
            return
        bag = relation.data[self._charm.unit]
        if observed.secret:
            bag["works-with"] = rpc_secret.name(observed.agreement.generation)
        end = observed.ends.get(observed.unit)
        said = f"{end:.0f}" if end else ""
        if said != bag.get(END, ""):
            bag[END] = said

    def prove(self, observed: Observed) -> bool:
        """Whether the old secret, which nobody works with any more, was now seen to be refused."""
        change, known = observed.agreement.change, Secrets(observed.secret, observed.old_secret)
        if change is None or change.finished or not change.began:
            return False
        waits = rpc_secret.waiting(change, observed.works_with, observed.visitors, time.time())
        if waits and not change.force:
            return False
        try:
            if not rpc_secret.refused(observed.rpc, known, accepts):
                return False
        except SilentError:
            return False
        rpc_secret.forget(self._charm.model, observed.agreement.secret, known)
        self.write_change(change.proved(rpc_secret.RPC))
        return True

    def write_change(self, change: Rotation) -> None:
        """Have every later hook know how far the change of the shared secret is."""
        relation = self._relation
        if relation:
            agreement = Agreement.read(relation.data[self._charm.app]).changed(change)
            relation.data[self._charm.app].update(agreement.write())

    @property
    def _relation(self) -> ops.Relation | None:
        return self._charm.model.get_relation(PEERS)
