# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the canary says of itself: a fact of the executor."""

import dataclasses

from dataops.evidence._figures import Evidence, Phase


@dataclasses.dataclass(frozen=True)
class CanaryState:
    """Where a canary is, and what it has seen so far.

    Attributes:
        running: it was started and has not ended; also while it is killed and about to come back.
        phase: the phase in which it counts now: what was asked for, once it has heard it.
        evidence: all that it has seen; final when it no longer runs. None before the first record.
        breaches: the limits of its plan that are passed.
        complaint: why it cannot measure, with the next move; empty when it can.
        operation: whose canary it is; 0 when there is none.
        round: which round of it: one more each time the operation was resumed.
        settled: whether the present phase is as long as the limits ask for. The phase `after` is
            settled when all has come back: the canary has then ended, and its figures are final.
    """

    running: bool = False
    phase: Phase | None = None
    evidence: Evidence | None = None
    breaches: tuple[str, ...] = ()
    complaint: str = ""
    operation: int = 0
    round: int = 1
    settled: bool = False
