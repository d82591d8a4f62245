# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of a model when a new daemon takes it up."""

from datetime import datetime

from onebox.changes import actions, edit, told
from onebox.changes.options import update_status_interval
from onebox.model import Model


def recover(model: Model, boot: str, now: datetime) -> Model:
    """The model when a new daemon takes it up: what was missed is not made up for.

    An action that ran is failed, timers of update-status start anew, and after another boot of
    the host all machines have rebooted.
    """
    model = actions.interrupt(model, now)
    interval = update_status_interval(model)
    for unit in model.units.values():
        if unit.next_update_status is None or unit.next_update_status < now:
            model = edit.put_unit(model, unit, next_update_status=now + interval)
    if model.boot not in ("", boot):
        for machine in model.machines:
            model = told.rebooted(model, machine)
    return model if model.boot == boot else edit.replace(model, boot=boot)
