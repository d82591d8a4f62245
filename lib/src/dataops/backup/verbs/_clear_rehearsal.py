# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`clear-rehearsal`: removes what a rehearsal left, on every unit.

A rehearsal runs on the leader. Another unit may be that when it is to be cleared up, so all look.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydantic

from dataops.host.paths import UnitPaths
from dataops.operations import Context, JobVerb, Params, Result, Scope, Work


class Cleared(Result):
    """What there was.

    Attributes:
        summary: one sentence for the report.
        found: whether a rehearsal had left anything here.
    """

    summary: str
    found: bool


class Place(pydantic.BaseModel):
    """Where a unit rehearses.

    Attributes:
        unit: its name.
        root: of the unit's own paths; its services are found by it.
        directory: of the rehearsal; None where the unit has no storage yet.
    """

    unit: str
    root: Path
    directory: Path | None


def clearing(
    place: Callable[[Context[Any, Any, Params]], Place],
) -> JobVerb[Any, Any, Params, Place, Cleared]:
    """The verb of a charm; `place` tells where its units rehearse."""
    return JobVerb(
        name="clear-rehearsal",
        description="Removes what a rehearsal left, also one that was killed.",
        prepare=place,
        work=_work,
        params=Params,
        spec=Place,
        result=Cleared,
        scope=Scope.UNIT,
    )


def _work(work: Work[Place]) -> Cleared:
    """A job, because what was restored may be large."""
    from dataops.backup.scratch import Scratch
    from dataops.host.services import manager

    spec = work.spec
    found = False
    if spec.directory is not None:
        services = manager(UnitPaths(spec.root), spec.unit)
        found = Scratch(spec.directory, services=services).clear()
    what = "what a rehearsal left was removed" if found else "no rehearsal left anything"
    return Cleared(summary=f"{spec.unit}: {what}.", found=found)
