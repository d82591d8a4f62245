# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may be taken down now: a pure decision from a cluster's facts, always with the reason."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Go:
    """This unit may go now.

    Attributes:
        unit: its name; empty where the question was about one unit.
        because: why it does no harm, for the operator.
    """

    unit: str = ""
    because: str = ""


@dataclasses.dataclass(frozen=True)
class Hold:
    """Nobody may go now.

    Attributes:
        because: what has to be well first, for the operator.
    """

    because: str = ""
