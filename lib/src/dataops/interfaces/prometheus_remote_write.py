# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The interface prometheus_remote_write, the side that sends, with the published bytes.

Provider unit bag: `remote_write` = `{"url": ...}`; requirer application bag: `alert_rules`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import ops
import pydantic


class _Endpoint(pydantic.BaseModel):
    """The value of `remote_write`."""

    url: pydantic.AnyHttpUrl


@dataclasses.dataclass(frozen=True)
class RemoteWriteTarget:
    """One address that takes samples, and the unit that offers it."""

    unit: str
    url: str


class RemoteWriteRequirer:
    """The side that sends samples."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def targets(self) -> tuple[RemoteWriteTarget, ...]:
        """Every distinct address on offer, in order of unit name."""
        found: dict[str, RemoteWriteTarget] = {}
        for relation in self._charm.model.relations[self._endpoint]:
            for unit in sorted(relation.units, key=lambda each: each.name):
                # Behind an ingress all units offer the same address: send once.
                if url := _url(relation.data[unit].get("remote_write", "")):
                    found.setdefault(url, RemoteWriteTarget(unit=unit.name, url=url))
        return tuple(sorted(found.values(), key=lambda target: target.unit))

    def publish(self, alert_rules: Mapping[str, Any]) -> None:
        """Hands the rules (`{"groups": [...]}`) to every receiver; the leader only."""
        if not self._charm.unit.is_leader():
            return
        for relation in self._charm.model.relations[self._endpoint]:
            bag = relation.data[self._charm.app]
            bag["alert_rules"] = json.dumps(dict(alert_rules), sort_keys=True)


def _url(text: str) -> str:
    """The address in a `remote_write` value, empty when there is none that reads."""
    try:
        return str(_Endpoint.model_validate_json(text).url)
    except pydantic.ValidationError:
        return ""
