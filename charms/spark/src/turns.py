# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""When processes of a unit may be taken down: only while every job of it runs."""

from typing import Any

from cluster import Spark
from dataops.operations import Context
from dataops.rolling import Go, Hold
from observed import Observed
from plan import wanted


def idle(observed: Observed, spark: Spark) -> str:
    """Which declared jobs of the unit should run and do not; empty when all of them run."""
    names = sorted(job.name for job, _ in observed.homes if job.name in wanted(observed))
    states = {name: spark.progress(name).state for name in names}
    return "; ".join(f"{name} is {state}" for name, state in states.items() if state != "running")


def turn(context: Context[Observed, Any, Any]) -> Go | Hold:
    """Whether a verb may take processes of this unit down now.

    What does not run before proves nothing after.
    """
    waits = idle(context.observed, context.workload)
    return Hold(waits) if waits else Go(context.observed.unit, "every job runs")
