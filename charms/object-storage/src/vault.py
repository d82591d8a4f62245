# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The keys in Juju's hands: one secret of the application, and one for each relation."""

from __future__ import annotations

import ops

from dataops.host.wake import Waker
from dataops.interfaces.s3 import S3Provider
from keyring import Keyring
from observed import KEYS, Observed

_SOON_SECONDS = 0.5


class Vault:
    """Makes keys, keeps them, hands them out.

    Args:
        charm: whose secrets they are.
        waker: who calls the charm once an action has changed them.
        provider: the relations of those who store here.
    """

    def __init__(self, charm: ops.CharmBase, provider: S3Provider, waker: Waker) -> None:
        self._model = charm.model
        self._provider = provider
        self._waker = waker

    def agree(self, observed: Observed) -> bool:
        """Whether keys were made or dropped, so that all who store here have some. Leader only."""
        if not observed.leader or observed.leaving.unit:
            return False
        wanted = observed.keyring.agreed(observed.owners, observed.now)
        for gone in set(observed.keyring.keys) - set(wanted.keys):
            kind, _, number = gone.partition("-")
            if kind == "relation" and number.isdigit():
                self._provider.withdraw(int(number))
        return self._keep(observed.keyring, wanted)

    def rotate(self, observed: Observed, until: int) -> None:
        """New keys for everybody; the present ones last until then, Unix seconds. Leader only."""
        self._keep(observed.keyring, observed.keyring.rotated(until))
        # Nothing else happens after an action, nor is the owner of a secret told of its change.
        self._waker.after(_SOON_SECONDS)

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
