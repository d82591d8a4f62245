# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What clients saw while an operation ran: measured by a producer and a consumer of our own.

Everything here is pure. ``dataops.evidence.meter`` is the process that measures; only who runs it
imports it, because it loads a Kafka client.
"""

from dataops.evidence._figures import Evidence, Figures, Phase
from dataops.evidence._limits import Limits, breaches
from dataops.evidence._state import CanaryState

__all__ = ["CanaryState", "Evidence", "Figures", "Limits", "Phase", "breaches"]
