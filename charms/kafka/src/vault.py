# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Passwords of users that are about to go, until they were proved to be refused."""

import json
from collections.abc import Mapping

import ops

_LABEL = "retiring"


class Vault:
    """One Juju secret of the application, which nobody else is granted. Leader only.

    Args:
        model: the charm's.
    """

    def __init__(self, model: ops.Model) -> None:
        self._model = model

    def kept(self) -> dict[str, str]:
        """The passwords, by user."""
        try:
            content = self._model.get_secret(label=_LABEL).get_content(refresh=True)
        except ops.SecretNotFoundError:
            return {}
        passwords: dict[str, str] = json.loads(content["passwords"])
        return passwords

    def keep(self, passwords: Mapping[str, str]) -> None:
        """Remember these, and no others."""
        content = {"passwords": json.dumps(dict(passwords))}
        try:
            self._model.get_secret(label=_LABEL).set_content(content)
        except ops.SecretNotFoundError:
            self._model.app.add_secret(content, label=_LABEL)

    def clear(self) -> None:
        """Forget them all."""
        try:
            self._model.get_secret(label=_LABEL).remove_all_revisions()
        except ops.SecretNotFoundError:
            return
