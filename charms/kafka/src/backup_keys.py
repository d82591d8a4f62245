# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The key that seals what is sensitive in backups: a Juju secret."""

from __future__ import annotations

import ops

from dataops.backup.sealed import Key, SealError
from dataops.operations import OperationError
from peers import Peers

LABEL = "backup-key"
# Of the secret that an operator gives, and of our own.
FIELD = "key"
_AGREED = "backup-key"


class BackupKeys:
    """The secret of the application, or one that the operator gave by the option `backup-key`.

    It is read only by who asks for it: most hooks have no use for it.

    Args:
        charm: the charm.
        peers: where the leader writes which secret it is.
    """

    def __init__(self, charm: ops.CharmBase, peers: Peers) -> None:
        self._charm = charm
        self._peers = peers

    @property
    def given(self) -> bool:
        """Whether the secret is the operator's."""
        return bool(self._charm.config.get("backup-key"))

    @property
    def uri(self) -> str:
        """Of the secret; empty before there is one."""
        return str(self._charm.config.get("backup-key") or "") or self._peers.agreed(_AGREED)

    def current(self) -> Key | None:
        """The key; None before the first backup.

        Raises:
            OperationError: the operator's secret cannot be read, or holds no key.
            SealError: what it holds is no key.
        """
        if not self.uri:
            return None
        try:
            content = self._charm.model.get_secret(id=self.uri).get_content(refresh=True)
        except (ops.SecretNotFoundError, ops.ModelError):
            app = self._charm.app.name
            raise OperationError(
                f"Cannot read the secret {self.uri} of the option backup-key: "
                f"`juju grant-secret {self.uri} {app}`"
            ) from None
        if FIELD not in content:
            raise OperationError(
                f"The secret {self.uri} has no field `{FIELD}`: "
                f"`juju update-secret {self.uri} {FIELD}=...`"
            )
        return Key.of(content[FIELD])

    def secrets(self) -> dict[str, str]:
        """What nobody may read, by a name for a report."""
        try:
            key = self.current()
        except (OperationError, SealError):
            key = None
        words = key.words if key else ()
        return {f"backup key {number}": word for number, word in enumerate(words, 1)}

    def replace(self) -> tuple[str, ...]:
        """Have a new key seal from now on, and say so; the old one opens older backups.

        A key that the operator gave is the operator's to replace. Leader only.
        """
        key = None if self.given else self.current()
        if key is None:
            return ()
        new = key.replaced()
        self._charm.model.get_secret(id=self.uri).set_content({FIELD: new.text})
        return (
            f"Backups are sealed with key {new.id} from now on, and key {key.id} opens older "
            "ones: keep both, export-backup-key says how.",
        )

    def ensure(self) -> Key:
        """The key, made now when there is none. Leader only."""
        found = self.current()
        if found is not None:
            return found
        key = Key.new()
        secret = self._charm.app.add_secret(
            {FIELD: key.text}, label=LABEL, description="Opens what is sealed in backups. Keep it!"
        )
        self._peers.agree({_AGREED: secret.id or secret.get_info().id})
        return key
