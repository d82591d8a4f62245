# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What the bridge remembers between hooks: verdicts, what is loaded, what went wrong."""

from __future__ import annotations

from pathlib import Path

import pydantic

from dataops.host.files import ensure_contents
from rules import Refusal


class Memory(pydantic.BaseModel):
    """A small file beside the workload; losing it costs time, never correctness.

    Attributes:
        verdicts: By a rule file's digest, why promtool refuses the rules at these positions.
        loaded: The digest of the configuration that the running process has read.
        refusals: What of related applications was left out.
        failure: What stopped the last attempt.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    verdicts: dict[str, dict[int, str]] = {}
    loaded: str = ""
    refusals: tuple[Refusal, ...] = ()
    failure: str = ""

    @classmethod
    def read(cls, path: Path) -> Memory:
        """What is remembered; nothing when the file is missing or damaged."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls()

    def write(self, path: Path) -> None:
        """Remembers this from now on."""
        ensure_contents(path, self.model_dump_json(indent=1), mode=0o600)
