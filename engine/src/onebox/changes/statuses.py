# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a charm says of its unit and its application."""

from datetime import datetime

from onebox.changes import edit
from onebox.model import Model, Status

# The worst of these, first to last, is what an application without a status of its own shows.
_SEVERITY = ("error", "blocked", "maintenance", "waiting", "active", "terminated", "unknown")


def severity(word: str) -> int:
    """Sorts workload statuses, the worst first."""
    return _SEVERITY.index(word) if word in _SEVERITY else len(_SEVERITY)


def set_workload(model: Model, unit: str, current: str, message: str, now: datetime) -> Model:
    """The model with another workload status; the same one again keeps its time."""
    owner = model.units[unit]
    return edit.put_unit(model, owner, workload=_status(owner.workload, current, message, now))


def set_application(
    model: Model, application: str, current: str, message: str, now: datetime
) -> Model:
    """The model with a status that the leader set for the whole application."""
    app = model.applications[application]
    return edit.put_application(model, app, status=_status(app.status, current, message, now))


def set_workload_version(model: Model, application: str, version: str) -> Model:
    """The model with another version of the workload; the last unit to speak is right."""
    return edit.put_application(model, model.applications[application], workload_version=version)


def _status(before: Status | None, current: str, message: str, now: datetime) -> Status:
    if before is not None and (before.current, before.message) == (current, message):
        return before
    return Status(current=current, message=message, since=now)
