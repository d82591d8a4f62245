# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""From facts to statuses, each with the operator's next move. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import ops

if TYPE_CHECKING:
    from condition import Condition
    from observed import Observed

# Prometheus writes its log in segments of 128 MiB: with less it may stop at any time.
LEAST_FREE = 256 * 1024 * 1024


def statuses(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    """Every status that holds; the worst of them is shown."""
    app = observed.topology.application
    for problem in observed.config_problems:
        option = problem.partition(" ")[0]
        yield ops.BlockedStatus(f"Option {problem}; set it: juju config {app} {option}=...")
    if observed.data is None:
        yield ops.WaitingStatus(f"Waiting for storage: juju storage; unit {_unit(observed)}")
    elif condition.free is not None and condition.free < LEAST_FREE:
        yield ops.BlockedStatus(_disk_full(observed, condition.free))
    if condition.failure:
        yield ops.BlockedStatus(condition.failure.replace("<application>", app))
    yield from _refusals(condition)
    if observed.tls.trouble:
        yield ops.BlockedStatus(observed.tls.trouble)
    if observed.tls.waiting:
        yield ops.WaitingStatus(observed.tls.waiting)
    if observed.awaits_accounts:
        yield ops.WaitingStatus(f"Waiting for passwords, which the leader of {app} makes")
    elif not observed.awaits_certificate and observed.config and observed.data:
        yield from _process(observed, condition)
    yield ops.ActiveStatus(_summary(observed))


def _process(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    """Whether Prometheus is there, unless something stops it that is told already."""
    if condition.failure:
        return
    if not condition.running:
        yield ops.MaintenanceStatus("Prometheus is starting; see juju debug-log if it stays so")
    elif not condition.ready:
        yield ops.WaitingStatus("Prometheus reads its samples back; it answers when it is done")


def _refusals(condition: Condition) -> Iterator[ops.StatusBase]:
    """What was left out: the first by name, the rest by number, all of them in the log."""
    if condition.refusals:
        first, *others = condition.refusals
        more = f" (and {len(others)} more)" if others else ""
        yield ops.BlockedStatus(
            f"Left out {_short(str(first))}{more}; everything else runs. "
            f"Correct it in {first.application}; details: juju debug-log"
        )


def _disk_full(observed: Observed, free: int) -> str:
    """The figures, and what makes room."""
    app = observed.topology.application
    return (
        f"Disk full: {free // 1024**2} MiB left at {observed.data}; make room, or keep less: "
        f"juju config {app} retention-size=..."
    )


def _summary(observed: Observed) -> str:
    """What the operator sees when all is well."""
    number = len({source.application for source in observed.sources if source.jobs})
    scraped = f"scrapes {number} application{'s' if number != 1 else ''}"
    trouble = f"; no backups: {observed.store_trouble}" if observed.store_trouble else ""
    return f"{observed.url} {scraped}{trouble}"


def _short(text: str, length: int = 160) -> str:
    """One line that a status column can hold."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _unit(observed: Observed) -> str:
    """This unit's name."""
    return observed.topology.unit
