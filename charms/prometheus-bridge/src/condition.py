# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What the workload says of itself: a frozen value between the bridge and the status."""

from __future__ import annotations

import dataclasses

from rules import Refusal


@dataclasses.dataclass(frozen=True)
class Condition:
    """The workload at one moment.

    Attributes:
        version: Of the Prometheus that is installed; empty when there is none.
        running: Whether the service manager sees the process.
        ready: Whether it says that it is.
        free: Bytes left where the samples are; None while there is no storage.
        refusals: What of related applications was left out when the configuration was last made.
        failure: What stopped the last attempt, with the next move; empty when it went through.
    """

    version: str = ""
    running: bool = False
    ready: bool = False
    free: int | None = None
    refusals: tuple[Refusal, ...] = ()
    failure: str = ""

    @property
    def well(self) -> bool:
        """Whether it serves as it should: then it lets in whom it should."""
        return self.running and not self.failure

    def reasons(self) -> dict[int, str]:
        """What each relation's other side should hear of what was left out, by relation id."""
        found: dict[int, list[str]] = {}
        for refusal in self.refusals:
            found.setdefault(refusal.relation, []).append(f"{refusal.what}: {refusal.reason}")
        return {relation: "; ".join(texts) for relation, texts in found.items()}
