# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a verb may ask Juju, without Juju."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataops.host.paths import UnitPaths
from dataops.operations import Juju, OperationError


class FakeJuju(Juju):
    """Keeps the promises of ``dataops.operations.Juju``.

    Args:
        unit: this unit's name.
        root: of its workload's directories.
        granted: contents of the secrets that this application may read, by URI.
        leader: whether the unit leads.

    Attributes:
        shared: the secrets that were shared, by label: the endpoint and the content.
    """

    def __init__(
        self,
        unit: str,
        root: Path,
        granted: Mapping[str, dict[str, str]] | None = None,
        *,
        leader: bool = True,
    ) -> None:
        super().__init__()
        self.shared: dict[str, tuple[str, dict[str, str]]] = {}
        self._unit = unit
        self._root = root
        self._granted = dict(granted or {})
        self._leader = leader

    @property
    def unit(self) -> str:
        """This unit's name."""
        return self._unit

    @property
    def paths(self) -> UnitPaths:
        """This unit's directories."""
        return UnitPaths(self._root)

    @property
    def leader(self) -> bool:
        """Whether this unit leads."""
        return self._leader

    def address(self, endpoint: str) -> str:
        """This machine, to itself."""
        return "127.0.0.1"

    def secret(self, uri: str) -> dict[str, str]:
        """The content, if it was granted."""
        if uri not in self._granted:
            raise OperationError(f"Cannot read the secret {uri}")
        return self._granted[uri]

    def share(self, content: Mapping[str, str], endpoint: str, label: str) -> str:
        """The URI of a secret."""
        self.shared[label] = (endpoint, dict(content))
        return f"secret:{label}"

    def withdraw(self, label: str) -> bool:
        """Whether there was one."""
        return self.shared.pop(label, None) is not None

    def view(self) -> dict[str, Any]:
        """The model, of which there is nothing."""
        return {"unit": self._unit, "relations": {}}
