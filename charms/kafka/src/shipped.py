# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How continuous backup stands, as one unit sees it. Pure."""

from __future__ import annotations

import dataclasses
import json
from typing import Any


@dataclasses.dataclass(frozen=True)
class Shipped:
    """How continuous backup stands.

    Attributes:
        since: when it was switched on; Unix seconds.
        newest: id of the newest backup that followed the others by itself; empty before the first.
        until: up to when that one has every record; Unix seconds.
        why: what keeps this unit from doing its part; empty while all is well.
    """

    since: float = 0
    newest: str = ""
    until: float = 0
    why: str = ""

    @property
    def restorable(self) -> float:
        """Up to when everything is safe; before the first backup, since when it should be."""
        return self.until or self.since

    def to_text(self) -> str:
        """As it stands in a file."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Shipped:
        """What stands in a file."""
        told: dict[str, Any] = json.loads(text)
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in told.items() if key in known})
