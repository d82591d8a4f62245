# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The keys in Juju's hands: one secret of the application, and one for each relation."""

from __future__ import annotations

import datetime

import ops

from dataops.interfaces.s3 import S3Provider
from dataops.objectstore import Refused, StoreError, Target, open_store
from dataops.rotation import Rotation
from keyring import Keyring
from observed import KEYS, Observed

_PATIENCE = datetime.timedelta(seconds=1)


class Vault:
    """Makes keys, keeps them, hands them out, and tries those that are gone.

    Args:
        charm: whose secrets they are.
        provider: the relations of those who store here.
    """

    def __init__(self, charm: ops.CharmBase, provider: S3Provider) -> None:
        self._model = charm.model
        self._provider = provider

    def agree(self, observed: Observed) -> bool:
        """Whether keys were made or dropped, so that all who store here have some. Leader only."""
        if not observed.leader or observed.leaving.unit:
            return False
        o = observed
        wanted = o.keyring.agreed(o.owners, o.sights, o.now)
        for gone in set(o.keyring.keys) - set(wanted.keys):
            kind, _, number = gone.partition("-")
            if kind == "relation" and number.isdigit():
                self._provider.withdraw(int(number))
        return self._keep(o.keyring, wanted)

    def ask(self, observed: Observed, rotation: Rotation) -> None:
        """Have the next hooks change all keys, or go on with it. Leader only."""
        self._keep(observed.keyring, observed.keyring.asking(rotation))

    def prove(self, observed: Observed) -> bool:
        """Whether old keys were now seen to be refused where the present ones are taken.

        For the leader, once the store listens.
        """
        ring, store = observed.keyring, observed.admin
        unproved = ring.rotation.unproved if ring.rotation else ()
        # That it takes the present ones is the proof that it listens to us at all.
        if not (observed.leader and unproved and store) or _takes(store) is not True:
            return False
        old = {owner: observed.target(ring.retired[owner]) for owner in unproved}
        return self._keep(
            ring, ring.proved([who for who, it in old.items() if _takes(it) is False])
        )

    def _keep(self, before: Keyring, keyring: Keyring) -> bool:
        """Whether the secret had to change to hold these. Leader only."""
        if keyring == before:
            return False
        if before.keys:
            self._model.get_secret(label=KEYS).set_content(keyring.write())
        else:
            self._model.app.add_secret(keyring.write(), label=KEYS)
        return True

    def answer(self, observed: Observed) -> None:
        """Every application has its bucket and its keys. Leader only."""
        if not observed.leader:
            return
        for request in observed.requests:
            if target := observed.answer(request):
                self._provider.answer(request, target)


def _takes(target: Target) -> bool | None:
    """Whether the store takes these keys; None when it does not say."""
    try:
        open_store(target, patience=_PATIENCE).head("probe")
    except Refused:
        return False
    except StoreError:
        return None
    return True
