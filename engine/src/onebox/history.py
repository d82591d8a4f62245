# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes down how statuses change, for `juju show-status-log`."""

from collections.abc import Iterator

from onebox.logs import ModelLog
from onebox.model import Application, Machine, Status, Unit
from onebox.store import Difference


def record(log: ModelLog, difference: Difference) -> None:
    """One entry for every status that one transaction has changed."""
    for family in ("units", "applications", "machines"):
        before = getattr(difference.before, family)
        after = getattr(difference.after, family)
        for key in sorted(difference.keys.get(family, ())):
            if key not in after:
                continue
            old = dict(_statuses(before[key])) if key in before else {"juju-unit": None}
            for kind, status in _statuses(after[key]):
                known = old.get(kind)
                # A new unit's agent has nothing to tell yet.
                if status is None or (kind in old and key not in before):
                    continue
                if known is None or _said(known) != _said(status):
                    log.append(key, status.current, kind, status.message)


def _said(status: Status) -> tuple[str, str]:
    return status.current, status.message


def _statuses(entity: Unit | Application | Machine) -> Iterator[tuple[str, Status | None]]:
    if isinstance(entity, Unit):
        yield "workload", entity.workload
        yield "juju-unit", entity.agent
    elif isinstance(entity, Application):
        yield "application", entity.status
    else:
        yield "machine", Status(current="started", since=entity.since)
