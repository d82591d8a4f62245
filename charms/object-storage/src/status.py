# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to statuses, each with the operator's next move. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import ops

from observed import Condition, Observed

LEAST_FREE = 256 << 20


def statuses(observed: Observed, condition: Condition) -> Iterator[ops.StatusBase]:
    """Every status that holds; the worst of them is shown."""
    app = observed.application
    for problem in observed.config_problems:
        option = problem.partition(" ")[0]
        yield ops.BlockedStatus(f"Option {problem}; set it: juju config {app} {option}=...")
    if observed.planned > 1:
        yield ops.BlockedStatus(
            f"One unit is the whole store: juju remove-unit {app}/<another>, or take another store"
        )
    if condition.failure:
        yield ops.BlockedStatus(condition.failure.replace("<application>", app))
    if condition.free is not None and condition.free < LEAST_FREE:
        yield ops.BlockedStatus(
            f"Disk full: {condition.free >> 20} MiB left at {observed.data}; make room there"
        )
    if observed.tls.trouble:
        yield ops.BlockedStatus(observed.tls.trouble)
    yield from (ops.WaitingStatus(text) for text in _waiting(observed, condition))
    yield ops.ActiveStatus("; ".join(_remarks(observed)))


def _waiting(o: Observed, condition: Condition) -> Iterator[str]:
    if o.data is None:
        yield f"Waiting for storage: juju storage; unit {o.unit}"
    elif not o.keyring.keys:
        yield f"Waiting for the leader to make keys: juju status {o.application}"
    elif o.tls.waiting:
        yield o.tls.waiting
    elif not o.tls.awaited and o.config and not condition.failure and not condition.listening:
        yield "The store starts; if it stays so: juju debug-log"


def _remarks(o: Observed) -> Iterator[str]:
    """What is worth knowing: the first words are the shown ones."""
    yield from (f"refused: {reason}" for reason in o.refusals)
    many = len(o.requests)
    yield f"{o.endpoint} keeps objects of {many} application{'s' if many != 1 else ''}"
