# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What day2 says about itself, each time with the operator's next move. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ops

import stages
from dataops.interfaces.operations import Status
from history import current, operations
from observed import Observed
from operation import Operation

# juju status is a table; a longer message makes it unreadable, show-operation tells the rest.
_LONGEST = 120


def statuses(
    observed: Observed, mistakes: Sequence[str] = (), not_kept: str = ""
) -> Iterator[ops.StatusBase]:
    """Every status that holds now; ops shows the gravest.

    Args:
        observed: the facts.
        mistakes: what is wrong with the configuration, each with its line.
        not_kept: why the object store lacks what is new; empty when it does not.
    """
    if observed.storage is None:
        yield ops.WaitingStatus("waiting for the storage data")
    if not observed.participants:
        yield ops.BlockedStatus(
            f"relate an application: juju integrate {observed.application}:operations kafka"
        )
    if observed.damage:
        yield ops.BlockedStatus(_short(f"the journal was changed from outside: {observed.damage}"))
    if mistakes:
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        yield ops.BlockedStatus(_short(f"{mistakes[0]}{more}"))
    for status in _of_operations(observed):
        trouble = observed.store_trouble or not_kept
        if trouble and isinstance(status, ops.ActiveStatus):
            # It stops nobody, and should be known; the ending of the last operation can be shown.
            yield ops.ActiveStatus(_short(f"no copies outside: {trouble}"))
        yield status


def _of_operations(observed: Observed) -> Iterator[ops.StatusBase]:
    """Where the running operation is, or how the last one ended."""
    running = current(observed.journal)
    if running is not None:
        yield _running(observed, running)
        return
    ended = [(o.finished, o) for o in operations(observed.journal) if o.finished is not None]
    if not ended:
        yield ops.ActiveStatus()
        return
    _, last = max(ended, key=lambda each: each[0])
    if last.ending is Status.COMPLETED:
        yield ops.ActiveStatus(_short(f"{last.title}: {last.message}"))
    else:
        yield ops.BlockedStatus(_failed(observed, last))


def _running(observed: Observed, operation: Operation) -> ops.StatusBase:
    """Where it is; or, when it waits for a person, what that person may do."""
    where = f"{operation.title}: {stages.progress(operation)}"
    if operation.running or not stages.awaiting(operation):
        return ops.MaintenanceStatus(_short(where))
    move = f"juju run {observed.application}/leader approve-operation id={operation.number}"
    return ops.BlockedStatus(_short(f"{where}: {move}"))


def _failed(observed: Observed, operation: Operation) -> str:
    """What went wrong and where to read the rest."""
    follow = f"juju run {observed.application}/leader show-operation id={operation.number}"
    room = _LONGEST - len(follow) - 1
    return f"{_short(f'{operation.title}: {operation.message}', room)} {follow}"


def _short(text: str, length: int = _LONGEST) -> str:
    """The text, cut at the length."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
